import type { Readable } from 'node:stream';
import { Agent } from 'undici';

export interface TransportOptions {
  /** Connections per service address at the most; default 8. More requests than that wait for a free one. */
  readonly connections?: number | undefined;
  /** PEM text of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** false: certificates are not verified. */
  readonly verify?: boolean | undefined;
}

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; of a repeated header the first value. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end or destroyed. */
  readonly body: Readable;
}

/** HTTP with a bounded number of connections. The only file that knows undici. */
export class HttpTransport implements AsyncDisposable {
  readonly #agent: Agent;

  constructor(options: TransportOptions = {}) {
    this.#agent = new Agent({
      connections: options.connections ?? 8,
      // Servers close idle connections after a few seconds; a POST that meets the closing one cannot be repeated.
      keepAliveTimeout: 1000,
      keepAliveMaxTimeout: 2000,
      // Deadlines are the signal's business: undici's own would end a slow upload or a slow answer that was allowed for.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: 10_000,
        rejectUnauthorized: options.verify ?? true,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
        ...(options.certificate === undefined ? {} : { cert: options.certificate }),
        ...(options.key === undefined ? {} : { key: options.key }),
      },
    });
  }

  /** One request, one answer, no redirects, no retries. Rejects with whatever the network gives. */
  async send(request: WireRequest): Promise<WireAnswer> {
    const url = new URL(request.url);
    const answer = await this.#agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      signal: request.signal,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      const first = Array.isArray(value) ? value[0] : value;
      if (first !== undefined) headers[name.toLowerCase()] = first;
    }
    return { status: answer.statusCode, headers, body: answer.body };
  }

  /** Waits for running requests, then closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close();
  }
}
