import { limitSignal, raceSignal, Redactor, sleep, type Limits } from '@whitebox/core';
import type { Readable } from 'node:stream';
import { BadAnswerError, ConnectionError, OpenStackError } from '../errors.js';
import type { HttpTransport, WireAnswer } from '../http-transport.js';
import { withoutSecrets } from './address.js';
import { errorMessage } from './error-body.js';
import { httpError } from './http-error.js';
import { networkFailure } from './network-failure.js';
import { parseJson, readText, type Asked } from './read-body.js';
import { AnsweredError, pauseBeforeRetry, retryAfterMs } from './retry.js';

/** Default deadline of one request with all its retries. */
export const DEFAULT_TIMEOUT_MS = 60_000;

export interface HttpRequest extends Limits {
  /** What the caller does, for errors: "show server 7a3f". */
  readonly action: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  /** Made anew for each try. */
  readonly body?: (() => Uint8Array | Readable | Promise<Readable>) | undefined;
  /** Whether doing it twice is as good as once; default true for GET, HEAD, PUT and DELETE. */
  readonly idempotent?: boolean | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
  /** The decoded JSON, or undefined for an empty body. */
  readonly body: unknown;
}

/** One request as it was seen on the wire, for timelines and logs. Has no secrets. */
export interface RequestRecord {
  readonly action: string;
  readonly method: string;
  readonly url: string;
  /** Absent when no answer came. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly startedAt: Date;
  readonly milliseconds: number;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Requests with deadlines, bounded retries of what may be repeated, and errors that say all. Knows nothing of tokens. */
export class HttpClient {
  readonly redactor = new Redactor();
  readonly #transport: HttpTransport;
  readonly #observe: ((record: RequestRecord) => void) | undefined;

  readonly #readOnly: boolean;

  constructor(
    transport: HttpTransport,
    observe?: (record: RequestRecord) => void,
    { readOnly = false }: { readonly readOnly?: boolean } = {},
  ) {
    this.#transport = transport;
    this.#observe = observe;
    this.#readOnly = readOnly;
  }

  /** Sends and reads the whole answer as JSON. @throws HttpError, ConnectionError, BadAnswerError */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    return this.#retrying(request, async (signal, attempt) => {
      const answer = await this.#send(request, signal, attempt);
      const text = await readText(answer.body, askedBy(request), signal);
      return {
        status: answer.status,
        headers: answer.headers,
        requestId: requestIdOf(answer.headers),
        body: text === '' ? undefined : this.#json(text, request, answer),
      };
    });
  }

  /** Sends and hands the body over as it comes; the deadline lasts until its end. The caller reads it to its end or destroys it. */
  async stream(request: HttpRequest): Promise<Readable> {
    return this.#retrying(
      request,
      async (signal, attempt) => (await this.#send(request, signal, attempt)).body,
    );
  }

  async #retrying<T>(
    request: HttpRequest,
    once: (signal: AbortSignal, attempt: number) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const ends = performance.now() + timeoutMs;
    const signal = limitSignal({ signal: request.signal, timeoutMs });
    const repeatable = request.idempotent ?? ['GET', 'HEAD', 'PUT', 'DELETE'].includes(request.method);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(signal, attempt);
      } catch (error) {
        if (error instanceof OpenStackError && error.code === 'WB_OPENSTACK_READ_ONLY') throw error;
        if (signal.aborted) throw this.#givenUp(request, error);
        const pause = pauseBeforeRetry(error, attempt, repeatable);
        // What the service answered says more than that the time is over.
        if (pause === undefined || performance.now() + pause >= ends) throw this.#asOwnError(request, error);
        try {
          await sleep(pause, signal);
        } catch {
          throw this.#givenUp(request, error);
        }
      }
    }
  }

  #json(text: string, request: HttpRequest, { headers }: WireAnswer): unknown {
    return parseJson(text, askedBy(request), headers['content-type'], this.redactor);
  }

  async #send(request: HttpRequest, signal: AbortSignal, attempt: number): Promise<WireAnswer> {
    if (this.#readOnly && !onlyLooks(request)) throw writeRefused(request);
    const startedAt = new Date();
    const started = performance.now();
    const body = request.json === undefined ? await request.body?.() : JSON.stringify(request.json);
    let answer: WireAnswer | undefined;
    try {
      answer = await raceSignal(
        this.#transport.send({
          method: request.method,
          url: request.url,
          headers: {
            accept: 'application/json',
            ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
            ...request.headers,
          },
          body,
          signal,
        }),
        signal,
      );
    } finally {
      this.#observe?.({
        action: request.action,
        method: request.method,
        url: withoutSecrets(request.url),
        status: answer?.status,
        requestId: answer === undefined ? undefined : requestIdOf(answer.headers),
        startedAt,
        milliseconds: performance.now() - started,
        attempt,
      });
    }
    if (answer.status < 300 || (answer.status === 300 && request.method === 'GET')) return answer;
    const text = await readText(answer.body, askedBy(request), signal);
    throw new AnsweredError(
      httpError({
        action: request.action,
        method: request.method,
        url: withoutSecrets(request.url),
        status: answer.status,
        requestId: requestIdOf(answer.headers),
        serviceMessage: this.redactor.redact(errorMessage(text, answer.headers['content-type'] ?? '')),
      }),
      retryAfterMs(answer.headers),
    );
  }

  #asOwnError(request: HttpRequest, error: unknown): Error {
    if (error instanceof AnsweredError) return error.error;
    if (error instanceof BadAnswerError) return error;
    const failure = networkFailure(error);
    return new ConnectionError({
      code: failure.code,
      action: request.action,
      method: request.method,
      url: withoutSecrets(request.url),
      observed: this.redactor.redact(`${request.method} ${withoutSecrets(request.url)}: ${failure.observed}`),
      advice: failure.advice,
      cause: error,
    });
  }

  #givenUp(request: HttpRequest, error: unknown): Error {
    const aborted = request.signal?.aborted === true;
    const last = error instanceof AnsweredError ? `; the last answer was ${error.error.status}` : '';
    return new ConnectionError({
      code: aborted ? 'WB_OPENSTACK_ABORTED' : 'WB_OPENSTACK_TIMEOUT',
      action: request.action,
      method: request.method,
      url: withoutSecrets(request.url),
      observed: aborted
        ? `${request.method} ${withoutSecrets(request.url)} was given up by the caller`
        : `${request.method} ${withoutSecrets(request.url)}: no complete answer within ${request.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms${last}`,
      advice: aborted
        ? 'Whether the request was carried out is not known.'
        : 'Look at the load of the service and at its log, or allow it more time (timeoutMs).',
      cause: aborted ? request.signal.reason : error,
    });
  }
}

/** A token is asked for by POST: that is the only one. */
function onlyLooks({ method, url }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && url.endsWith('/v3/auth/tokens'));
}

function writeRefused({ action, method, url }: HttpRequest): OpenStackError {
  return new OpenStackError({
    code: 'WB_OPENSTACK_READ_ONLY',
    action,
    observed: `${method} ${withoutSecrets(url)} was not sent: this connection only looks`,
    advice: 'Connect without `readOnly` where something is to be changed.',
  });
}

function askedBy({ action, method, url }: HttpRequest): Asked {
  return { action, request: `${method} ${withoutSecrets(url)}` };
}

function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['x-openstack-request-id'] ?? headers['x-compute-request-id'];
}
