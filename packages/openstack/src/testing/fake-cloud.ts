import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '../auth/credentials.js';
import { FakeNova } from './fake-nova.js';

/** A request as the fake got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly json: unknown;
}

/** What is answered: an object with status 200, all of an answer, or nothing because the handler wrote it itself. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export type Handler = (request: Received, response: ServerResponse) => Answer | undefined;

export interface FakeCloudOptions {
  readonly password?: string;
  /** Seconds that tokens live. */
  readonly tokenSeconds?: number;
  /** Seconds since tokens were issued. */
  readonly tokenAge?: number;
  /** Seconds by which its clock is ahead of this machine's. */
  readonly clockAhead?: number;
  readonly computeVersions?: { readonly min: string; readonly max: string };
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Replaces or adds endpoints: service type -> address; null removes one. */
  readonly endpoints?: Readonly<Record<string, string | null>>;
}

/** Keystone, Nova and whatever a test routes, behind real HTTP on a loopback port. */
export class FakeCloud implements AsyncDisposable {
  readonly requests: Received[] = [];
  readonly nova = new FakeNova();
  readonly validTokens = new Set<string>();
  /** Identity parts of the accepted and refused requests for a token. */
  readonly authRequests: unknown[] = [];
  /** Requests being answered at the same time, at the most. */
  mostAtOnce = 0;
  openSockets = 0;
  mostSockets = 0;
  readonly #server: Server;
  readonly #options: FakeCloudOptions;
  readonly #routes: { method: string; path: RegExp; handler: Handler }[] = [];
  #tokens = 0;
  #atOnce = 0;

  static async start(options: FakeCloudOptions = {}): Promise<FakeCloud> {
    const cloud = new FakeCloud(options);
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  private constructor(options: FakeCloudOptions) {
    this.#options = options;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#atOnce += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
      response.on('close', () => (this.#atOnce -= 1));
      void this.#serve(request, response);
    };
    this.#server =
      options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#server.on(
      options.tls === undefined ? 'connection' : 'secureConnection',
      (socket: NodeJS.EventEmitter) => {
        this.openSockets += 1;
        this.mostSockets = Math.max(this.mostSockets, this.openSockets);
        socket.on('close', () => (this.openSockets -= 1));
      },
    );
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  get credentials(): Credentials {
    return {
      authUrl: `${this.url}/identity`,
      proof: {
        kind: 'password',
        user: { name: 'admin', domain: { id: 'default' } },
        password: this.#options.password ?? 'fake-password',
      },
      scope: { kind: 'project', project: { name: 'admin', domain: { id: 'default' } } },
    };
  }

  /** The newest route that matches answers. Handlers of a list answer one request each, the last one all that follow. */
  route(method: string, path: string | RegExp, ...handlers: readonly Handler[]): void {
    const pattern = typeof path === 'string' ? new RegExp(`^${escape(path)}$`) : path;
    let turn = 0;
    this.#routes.unshift({
      method,
      path: pattern,
      handler: (request, response) => {
        const handler = handlers[Math.min(turn, handlers.length - 1)];
        turn += 1;
        return handler?.(request, response);
      },
    });
  }

  /** Requests to paths that match. */
  received(method: string, path: RegExp): readonly Received[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request: Received = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers as Record<string, string | undefined>,
      body,
      json:
        incoming.headers['content-type'] === 'application/json'
          ? (JSON.parse(body.toString()) as unknown)
          : undefined,
    };
    this.requests.push(request);
    const answer = this.#answer(request, response);
    if (answer === undefined) return;
    const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.text === undefined ? 'application/json' : 'text/plain',
      'x-openstack-request-id': `req-fake-${this.requests.length}`,
      date: new Date(this.#now()).toUTCString(),
      ...answer.headers,
    });
    response.end(text);
  }

  #answer(request: Received, response: ServerResponse): Answer | undefined {
    const own = this.#routes.find(({ method, path }) => method === request.method && path.test(request.path));
    if (own !== undefined) return own.handler(request, response);
    if (request.path === '/identity/v3/auth/tokens') return this.#keystone(request);
    if (request.path === '/compute/v2.1/') return this.#computeVersions();
    if (!this.validTokens.has(request.headers['x-auth-token'] ?? '')) {
      return {
        status: 401,
        json: { error: { code: 401, message: 'The request you have made requires authentication.' } },
      };
    }
    const nova = request.path.startsWith('/compute/v2.1')
      ? this.nova.answer(request, this.requests.length)
      : undefined;
    return (
      nova ?? {
        status: 404,
        json: { itemNotFound: { code: 404, message: `no route ${request.method} ${request.path}` } },
      }
    );
  }

  #computeVersions(): Answer {
    const { min, max } = this.#options.computeVersions ?? { min: '2.1', max: '2.93' };
    return {
      json: { version: { id: 'v2.1', status: 'CURRENT', version: max, min_version: min, links: [] } },
    };
  }

  #keystone(request: Received): Answer {
    if (request.method === 'GET') {
      const subject = request.headers['x-subject-token'] ?? '';
      return this.validTokens.has(subject) ? { json: this.#tokenBody() } : refused;
    }
    const { auth } = request.json as { auth: { identity: Record<string, unknown> } };
    this.authRequests.push(auth);
    const text = JSON.stringify(auth.identity);
    const known = [`"password":"${this.#options.password ?? 'fake-password'}"`, '"secret":"app-secret"'];
    const tokens = [...this.validTokens].map((token) => `"id":"${token}"`);
    if (![...known, ...tokens].some((proof) => text.includes(proof))) return refused;
    this.#tokens += 1;
    const token = `token-number-${this.#tokens}`;
    this.validTokens.add(token);
    return { status: 201, headers: { 'x-subject-token': token }, json: this.#tokenBody() };
  }

  #now(): number {
    return Date.now() + (this.#options.clockAhead ?? 0) * 1000;
  }

  #tokenBody(): unknown {
    const now = this.#now();
    const expires = new Date(now + (this.#options.tokenSeconds ?? 3600) * 1000);
    const endpoints: Record<string, string | null> = {
      compute: `${this.url}/compute/v2.1`,
      image: `${this.url}/image`,
      network: `${this.url}/network`,
      placement: `${this.url}/placement`,
      volumev3: `${this.url}/volume/v3/project`,
      'key-manager': `${this.url}/key-manager`,
      ...this.#options.endpoints,
    };
    return {
      token: {
        issued_at: new Date(now - (this.#options.tokenAge ?? 0) * 1000).toISOString(),
        expires_at: expires.toISOString(),
        user: { id: 'user-id', name: 'admin', domain: { id: 'default', name: 'Default' } },
        project: { id: 'project-id', name: 'admin', domain: { id: 'default', name: 'Default' } },
        roles: [{ id: 'role-id', name: 'admin' }],
        catalog: Object.entries(endpoints).flatMap(([type, url]) =>
          url === null
            ? []
            : [
                {
                  type,
                  name: type,
                  endpoints: [{ interface: 'public', region: 'RegionOne', region_id: 'RegionOne', url }],
                },
              ],
        ),
      },
    };
  }
}

const refused: Answer = {
  status: 401,
  json: {
    error: {
      code: 401,
      message: 'The request you have made requires authentication.',
      title: 'Unauthorized',
    },
  },
};

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
