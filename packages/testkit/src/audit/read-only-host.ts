import type { Duplex } from 'node:stream';
import {
  quoteArgv,
  type Completed,
  type Endpoint,
  type ExecOptions,
  type Host,
  type Limited,
} from '@whitebox/host';
import { TestkitError } from '../errors.js';
import { allowing } from './allowed-commands.js';
import { allowedFiles } from './allowed-reads.js';
import type { Sending } from './sent.js';

/**
 * A machine on which nothing can be done but what allowed-commands.ts and allowed-reads.ts list: everything else is refused before
 * anything is sent.
 */
export function readOnlyHost(host: Host, sent: Sending): Host {
  return new ReadOnlyHost(host, sent);
}

/** What a program may find in its environment: how it words what it says. */
const plainEnvironment = new Set(['LC_ALL', 'LANGUAGE', 'TZ']);

class ReadOnlyHost implements Host {
  readonly #host: Host;
  readonly #sent: Sending;

  constructor(host: Host, sent: Sending) {
    this.#host = host;
    this.#sent = sent;
  }

  get name(): string {
    return this.#host.name;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    const odd = Object.keys(options.env ?? {}).filter((name) => !plainEnvironment.has(name));
    const rule = options.stdin === undefined && odd.length === 0 ? allowing(argv) : undefined;
    if (rule === undefined) throw this.#refused(`run ${quoteArgv(argv).slice(0, 300)}`);
    this.#sent({ kind: 'command', where: this.name, text: quoteArgv(argv), allowedAs: rule.what });
    return this.#host.exec(argv, options);
  }

  async readFile(path: string, options?: Limited): Promise<Uint8Array> {
    const rule = path.includes('/../') ? undefined : allowedFiles.find(({ pattern }) => pattern.test(path));
    if (rule === undefined) throw this.#refused(`read ${path}`);
    this.#sent({ kind: 'file', where: this.name, text: path, allowedAs: rule.what });
    return this.#host.readFile(path, options);
  }

  replaceFile(path: string): Promise<void> {
    return Promise.reject(this.#refused(`replace ${path}`));
  }

  /** To the database, whose own client lets only SELECT pass. */
  dial(endpoint: Endpoint, options?: Limited): Promise<Duplex> {
    const text = 'socketPath' in endpoint ? endpoint.socketPath : `${endpoint.address}:${endpoint.port}`;
    this.#sent({ kind: 'connection', where: this.name, text, allowedAs: 'the databases of Nova' });
    return this.#host.dial(endpoint, options);
  }

  #refused(action: string): TestkitError {
    return new TestkitError({
      code: 'WB_AUDIT_REFUSED',
      action,
      host: this.name,
      observed: 'it is not among what an audit may do, and was not sent',
      advice: 'This is a defect of Whitebox; docs/audit-read-only.md lists all that it may do.',
    });
  }
}
