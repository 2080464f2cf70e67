import { setTimeout as sleep } from 'node:timers/promises';
import { limitSignal } from '@whitebox/core';
import { LabError } from './errors.js';

/** Where the services of a lab's control host answer. */
export function endpoints(controller: string) {
  return {
    keystone: `http://${controller}:5000/v3`,
    glance: `http://${controller}:9292`,
    placement: `http://${controller}:8778`,
    nova: `http://${controller}:8774/v2.1`,
    neutron: `http://${controller}:9696`,
    cinder: `http://${controller}:8776/v3`,
    barbican: `http://${controller}:9311`,
  };
}

export type Service = keyof ReturnType<typeof endpoints>;

interface RequestOptions {
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly timeoutMs?: number;
}

/** The few calls that the lab itself makes to its cloud, as its administrator. */
export class Cloud {
  private token: Promise<string> | undefined;
  private readonly urls: ReturnType<typeof endpoints>;

  constructor(
    controller: string,
    private readonly password: string,
    private readonly signal?: AbortSignal,
    urls?: Partial<ReturnType<typeof endpoints>>,
  ) {
    this.urls = { ...endpoints(controller), ...urls };
  }

  private async send(method: string, url: string, headers: Record<string, string>, options: RequestOptions) {
    const body = options.body ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
    const response = await fetch(url, {
      method,
      headers: {
        'Content-Type': options.body === undefined ? 'application/json' : 'application/octet-stream',
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: this.deadline(options.timeoutMs ?? 60_000),
    });
    if (!response.ok) {
      const text = await response.text();
      throw new LabError('WB_LAB_API', `${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
    }
    return response;
  }

  private deadline(milliseconds: number): AbortSignal {
    return limitSignal({ timeoutMs: milliseconds, signal: this.signal });
  }

  private async authenticate(): Promise<string> {
    const response = await this.send(
      'POST',
      `${this.urls.keystone}/auth/tokens`,
      {},
      {
        json: {
          auth: {
            identity: {
              methods: ['password'],
              password: { user: { name: 'admin', domain: { id: 'default' }, password: this.password } },
            },
            scope: { project: { name: 'admin', domain: { id: 'default' } } },
          },
        },
      },
    );
    await response.body?.cancel();
    return response.headers.get('x-subject-token') ?? '';
  }

  /** @returns the body, parsed; undefined for an empty one */
  async request(
    method: string,
    service: Service,
    path: string,
    options: RequestOptions = {},
  ): Promise<unknown> {
    const text = await (await this.authorized(method, service, path, options)).text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** @returns the body as it is */
  async download(service: Service, path: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.authorized('GET', service, path, {});
    return new Uint8Array(await response.arrayBuffer());
  }

  private async authorized(
    method: string,
    service: Service,
    path: string,
    options: RequestOptions,
  ): Promise<Response> {
    this.token ??= this.authenticate();
    let token: string;
    try {
      token = await this.token;
    } catch (error) {
      this.token = undefined;
      throw error;
    }
    return await this.send(method, `${this.urls[service]}${path}`, { 'X-Auth-Token': token }, options);
  }

  /** One list of a service, by the name of its key. */
  async list<Item>(service: Service, path: string, key: string): Promise<Item[]> {
    return ((await this.request('GET', service, path)) as Record<string, Item[]>)[key] ?? [];
  }

  /** Waits until a service answers at all. A request waits in its listen queue until the application is loaded. */
  async answering(service: Service, deadlineMs = 300_000): Promise<void> {
    const url = new URL('/', this.urls[service]).href;
    await this.until(`${service} to answer`, deadlineMs, async () => {
      // Lists of versions come with 300 from some.
      const { status } = await fetch(url, { redirect: 'manual', signal: this.deadline(60_000) });
      return status < 500 ? true : `${url} answered ${status}`;
    });
  }

  /** Polls until the condition holds; the error tells what was last seen instead. */
  async until(what: string, deadlineMs: number, condition: () => Promise<true | string>): Promise<void> {
    const end = Date.now() + deadlineMs;
    for (;;) {
      let seen: string;
      try {
        const result = await condition();
        if (result === true) return;
        seen = result;
      } catch (error) {
        if (this.signal?.aborted === true) throw error;
        seen = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error);
      }
      if (Date.now() > end) {
        throw new LabError(
          'WB_LAB_TIMEOUT',
          `Waited ${Math.round(deadlineMs / 1000)} s for ${what}; last seen: ${seen}`,
          {
            advice:
              'Look into the hosts: "lab ssh controller sudo journalctl -p warning -b", and /var/log there.',
          },
        );
      }
      await sleep(200, undefined, this.signal === undefined ? {} : { signal: this.signal });
    }
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? ` (${error.cause.message})` : '';
}
