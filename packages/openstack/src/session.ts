import { limitSignal, raceSignal, type Limits } from '@whitebox/core';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { credentialsError, type Credentials, type TlsFiles } from './auth/credentials.js';
import { authenticate, type Token } from './auth/identity.js';
import { reveal } from './auth/reveal.js';
import { isHttpAddress } from './http/address.js';
import { ConnectionError, OpenStackError } from './errors.js';
import { endpointUrl, hasEndpoint, type EndpointChoice, type ServiceType } from './catalog.js';
import { HttpTransport, type TransportOptions } from './http-transport.js';
import {
  DEFAULT_TIMEOUT_MS,
  HttpClient,
  type HttpAnswer,
  type HttpRequest,
  type RequestRecord,
} from './http/http-client.js';
import { UnauthorizedError } from './http/http-error.js';

export interface SessionOptions {
  /** Connections per service address at the most; default 8. */
  readonly connections?: number | undefined;
  /** Milliseconds that a request with all its retries may take unless its call says otherwise; default 60 000. */
  readonly timeoutMs?: number | undefined;
  /** Only requests that look are sent, GET and HEAD, beside the one that logs in; every other is an error. */
  readonly readOnly?: boolean | undefined;
  /** Told of every request once it is answered; must not throw. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
}

/** Requests with a valid token: gets one when needed, renews it before it expires and once when a service refuses it. */
export class Session implements AsyncDisposable {
  readonly #credentials: Credentials;
  readonly #transport: HttpTransport;
  readonly #http: HttpClient;
  readonly #timeoutMs: number | undefined;
  readonly #choice: EndpointChoice;
  #token: Token | undefined;
  #renewal: Promise<Token> | undefined;

  /** @throws CredentialsError when they cannot be sent, or a certificate file cannot be read */
  static async open(credentials: Credentials, options: SessionOptions = {}): Promise<Session> {
    checkSendable(credentials);
    return new Session(
      credentials,
      { connections: options.connections, ...(await readTls(credentials.tls)) },
      options,
    );
  }

  private constructor(credentials: Credentials, transport: TransportOptions, options: SessionOptions) {
    this.#credentials = credentials;
    this.#transport = new HttpTransport(transport);
    this.#http = new HttpClient(this.#transport, options.onRequest, {
      readOnly: options.readOnly === true,
    });
    this.#timeoutMs = options.timeoutMs;
    this.#choice = {
      regionName: credentials.regionName,
      interface: credentials.interface ?? 'public',
      overrides: credentials.endpointOverrides ?? {},
    };
  }

  /** A token that is good for a while yet. */
  async token(limits: Limits = {}): Promise<Token> {
    const current = this.#token;
    return current !== undefined && !expiresSoon(current) ? current : this.#renew(limits);
  }

  async endpoint(service: ServiceType, limits: Limits = {}): Promise<string> {
    return endpointUrl((await this.token(limits)).catalog, service, this.#choice);
  }

  async hasService(service: ServiceType, limits: Limits = {}): Promise<boolean> {
    return hasEndpoint((await this.token(limits)).catalog, service, this.#choice);
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    return this.#authorized(request, (withToken) => this.#http.request(withToken));
  }

  async stream(request: HttpRequest): Promise<Readable> {
    return this.#authorized(request, (withToken) => this.#http.stream(withToken));
  }

  /** Closes all connections once the running requests are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  async #authorized<T>(request: HttpRequest, send: (request: HttpRequest) => Promise<T>): Promise<T> {
    const limits = { timeoutMs: request.timeoutMs ?? this.#timeoutMs, signal: request.signal };
    const token = await this.token(limits);
    try {
      return await send(withToken({ ...request, ...limits }, token));
    } catch (error) {
      // 401 means that nothing was done, so this is safe for any method.
      if (!(error instanceof UnauthorizedError) || this.#credentials.proof.kind === 'token') throw error;
      const fresh = this.#token === token ? await this.#renew(limits) : await this.token(limits);
      return send(withToken({ ...request, ...limits }, fresh));
    }
  }

  /** One renewal at a time, however many requests need it; each waits for it as long as it may. */
  async #renew(limits: Limits): Promise<Token> {
    const timeoutMs = limits.timeoutMs ?? this.#timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#renewal ??= authenticate(this.#http, this.#credentials, { timeoutMs })
      .then((token) => (this.#token = token))
      .finally(() => {
        this.#renewal = undefined;
      });
    const limit = limitSignal({ timeoutMs, signal: limits.signal });
    try {
      return await raceSignal(this.#renewal, limit);
    } catch (error) {
      if (!limit.aborted || error instanceof OpenStackError) throw error;
      const aborted = limits.signal?.aborted === true;
      throw new ConnectionError({
        code: aborted ? 'WB_OPENSTACK_ABORTED' : 'WB_OPENSTACK_TIMEOUT',
        action: 'renew the token',
        method: 'POST',
        url: this.#credentials.authUrl,
        observed: aborted ? 'given up by the caller' : `no new token within ${timeoutMs} ms`,
        advice: aborted
          ? 'Nothing was sent to the service.'
          : 'Nothing was sent to the service. Look at the load and the log of Keystone.',
        cause: limit.reason,
      });
    }
  }
}

function checkSendable({ authUrl, proof, source }: Credentials): void {
  const where = source ?? 'the given credentials';
  if (!isHttpAddress(authUrl)) {
    throw credentialsError(
      where,
      'the address of Keystone (auth_url) is no address that begins with http:// or https://',
      'Give one such as http://controller:5000/v3.',
    );
  }
  // What a header cannot hold; most often the end of the line that the token was read from.
  if (proof.kind === 'token' && /[^\x21-\x7e]/.test(reveal(proof.token))) {
    throw credentialsError(
      where,
      'the token has a blank, the end of a line or another character that no token has',
      'Trim it.',
    );
  }
}

function withToken(request: HttpRequest, token: Token): HttpRequest {
  return { ...request, headers: { ...request.headers, 'x-auth-token': token.secret.reveal() } };
}

/** A minute before its end, or a tenth of its life where that is shorter. */
function expiresSoon(token: Token): boolean {
  const { expiresAt, issuedAt, clockAheadMs } = token;
  if (expiresAt === null) return false;
  const life = expiresAt.getTime() - issuedAt.getTime();
  return expiresAt.getTime() - (Date.now() + clockAheadMs) < Math.min(60_000, life / 10);
}

async function readTls(tls: TlsFiles | undefined): Promise<TransportOptions> {
  const [ca, certificate, key] = await Promise.all([
    pem(tls?.caFile),
    pem(tls?.certificateFile),
    pem(tls?.keyFile),
  ]);
  return { ca, certificate, key, verify: tls?.verify };
}

async function pem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw credentialsError(path, String(error), 'Check the path of the certificate file.', error);
  }
}
