import type { Limits } from '@whitebox/core';
import type { Readable } from 'node:stream';
import type { ServiceType } from './catalog.js';
import { MicroversionError } from './errors.js';
import type { HttpAnswer, HttpRequest } from './http/http-client.js';
import { Fields } from './json.js';
import { compareMicroversions, isMicroversion, withinRange, type MicroversionRange } from './microversion.js';
import type { Session } from './session.js';
import { decodeVersions } from './version-document.js';

/** How a call may be bounded and which microversion it is made with. */
export interface CallOptions extends Limits {
  /** Instead of the one that the client would choose. */
  readonly microversion?: string | undefined;
}

export interface ServiceCall {
  /** What the caller does, for errors: "show server 7a3f". */
  readonly action: string;
  readonly method: HttpRequest['method'];
  /** Below the service's address, beginning with a slash; ids in it are already encoded. */
  readonly path: string;
  /** A list stands for the same name several times. */
  readonly query?:
    Readonly<Record<string, string | number | boolean | readonly string[] | undefined>> | undefined;
  readonly json?: unknown;
  readonly body?: HttpRequest['body'];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The oldest microversion with which the call means what it should. */
  readonly needs?: string | undefined;
  /** The newest microversion whose answer is understood; default the client's. */
  readonly best?: string | undefined;
}

export interface ServiceProfile {
  readonly type: ServiceType;
  /** From the catalogue's address to the one of the API. */
  readonly baseUrl: (catalogUrl: string) => string;
  /** From the API's address to the one of its version document; absent where the service has no microversions. */
  readonly versionUrl?: ((baseUrl: string) => string) | undefined;
  /** Headers that ask for a microversion. */
  readonly versionHeaders?: ((microversion: string) => Readonly<Record<string, string>>) | undefined;
  /** The newest microversion whose answers are understood. */
  readonly best?: string | undefined;
}

/** Calls of one service: its address, its microversions, its pages. */
export class ServiceClient {
  readonly #session: Session;
  readonly #profile: ServiceProfile;
  #range: Promise<MicroversionRange | null> | undefined;

  constructor(session: Session, profile: ServiceProfile) {
    this.#session = session;
    this.#profile = profile;
  }

  async call(call: ServiceCall, options: CallOptions = {}): Promise<HttpAnswer> {
    return this.#session.request(await this.#request(call, options));
  }

  /** The field `name` of the answer. */
  async fetch(name: string, call: ServiceCall, options: CallOptions = {}): Promise<Fields> {
    return new Fields((await this.call(call, options)).body, 'answer').object(name);
  }

  async stream(call: ServiceCall, options: CallOptions = {}): Promise<Readable> {
    return this.#session.stream(await this.#request(call, options));
  }

  /** All items of a list, page after page: `<name>_links` as Nova, Neutron and Cinder have it, `next` as Glance has. */
  async list(
    name: string,
    call: Omit<ServiceCall, 'method'>,
    options: CallOptions = {},
  ): Promise<readonly Fields[]> {
    const items: Fields[] = [];
    const seen = new Set<string>();
    let query = call.query;
    for (;;) {
      const answer = new Fields((await this.call({ ...call, method: 'GET', query }, options)).body, 'answer');
      const page = answer.objects(name);
      items.push(...page);
      const next = nextPage(answer, name);
      // A page that leads back to an earlier one would go on for ever.
      if (next === undefined || page.length === 0 || seen.has(next)) return items;
      seen.add(next);
      query = { ...call.query, ...queryOf(new URLSearchParams(next)) };
    }
  }

  /** The microversions of the service, asked for once; null where it has none. */
  async microversions(limits: Limits = {}): Promise<MicroversionRange | null> {
    this.#range ??= this.#discover(limits).catch((error: unknown) => {
      this.#range = undefined;
      throw error;
    });
    return this.#range;
  }

  async #discover(limits: Limits): Promise<MicroversionRange | null> {
    const { type, versionUrl } = this.#profile;
    if (versionUrl === undefined) return null;
    const url = versionUrl(await this.#baseUrl(limits));
    const action = `discover the versions of the ${type} service`;
    return decodeVersions((await this.#session.request({ ...limits, action, method: 'GET', url })).body);
  }

  async #baseUrl(limits: Limits): Promise<string> {
    const url = await this.#session.endpoint(this.#profile.type, limits);
    return this.#profile.baseUrl(url.replace(/\/+$/, ''));
  }

  async #request(call: ServiceCall, options: CallOptions): Promise<HttpRequest> {
    const { timeoutMs, signal } = options;
    const microversion = await this.#microversion(call, options);
    const versionHeaders = microversion === null ? undefined : this.#profile.versionHeaders?.(microversion);
    const url = new URL(`${await this.#baseUrl({ timeoutMs, signal })}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (Array.isArray(value)) for (const one of value) url.searchParams.append(name, String(one));
      else if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return {
      action: call.action,
      method: call.method,
      url: url.href,
      headers: { ...versionHeaders, ...call.headers },
      json: call.json,
      body: call.body,
      timeoutMs,
      signal,
    };
  }

  async #microversion(call: ServiceCall, options: CallOptions): Promise<string | null> {
    const wanted = options.microversion;
    if (wanted !== undefined && !isMicroversion(wanted)) {
      throw this.#refuse(call, `"${wanted}" is no microversion such as 2.90`);
    }
    if (this.#profile.versionUrl === undefined) {
      if (wanted === undefined) return null;
      throw this.#refuse(call, `the service has no microversions, ${wanted} was asked for`);
    }
    const range = await this.microversions({ timeoutMs: options.timeoutMs, signal: options.signal });
    if (range === null) {
      const asked = wanted ?? call.needs;
      if (asked === undefined) return null;
      throw this.#refuse(call, `the service has no microversions, the call needs ${asked}`);
    }
    const spoken = `the service speaks ${range.min} to ${range.max}`;
    if (call.needs !== undefined && compareMicroversions(call.needs, range.max) > 0) {
      throw this.#refuse(call, `the call needs microversion ${call.needs}, ${spoken}`);
    }
    if (wanted === undefined) {
      const best = call.best ?? this.#profile.best ?? range.min;
      return compareMicroversions(best, range.max) > 0 ? range.max : best;
    }
    if (!withinRange(wanted, range))
      throw this.#refuse(call, `microversion ${wanted} was asked for, ${spoken}`);
    if (call.needs !== undefined && compareMicroversions(wanted, call.needs) < 0) {
      throw this.#refuse(call, `microversion ${wanted} was asked for, the call needs ${call.needs}`);
    }
    return wanted;
  }

  #refuse(call: ServiceCall, observed: string): MicroversionError {
    return new MicroversionError({
      code: 'WB_OPENSTACK_MICROVERSION',
      action: call.action,
      observed: `${observed}; nothing was sent (${this.#profile.type})`,
      advice:
        'Leave out what the older API does not know, ask for another microversion, or use a newer release.',
    });
  }
}

/** The query of the next page. Only the query counts: behind a proxy the link's address is often one that cannot be reached. */
function nextPage(answer: Fields, name: string): string | undefined {
  const direct = answer.stringOrNull('next');
  const link = answer.objectsOrNone(`${name}_links`).find((entry) => entry.string('rel') === 'next');
  const address = direct ?? link?.string('href');
  return address === undefined ? undefined : new URL(address, 'http://localhost').search;
}

function queryOf(parameters: URLSearchParams): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );
}
