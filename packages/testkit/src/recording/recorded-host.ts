import type { Duplex } from 'node:stream';
import {
  quoteArgv,
  type Completed,
  type Endpoint,
  type ExecOptions,
  type Host,
  type Limited,
  type ReplaceOptions,
} from '@whitebox/host';
import type { NewActivity } from './case-recorder.js';
import { currentRecorder, record } from './current-recorder.js';

/** The same machine; what is done on it is recorded by the case that does it. */
export function recordedHost(host: Host): Host {
  return new RecordedHost(host);
}

class RecordedHost implements Host {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get name(): string {
    return this.#host.name;
  }

  exec(argv: readonly string[], options?: ExecOptions): Promise<Completed> {
    return this.#record(
      'command',
      () => commandLine(argv),
      this.#host.exec(argv, options),
      (completed) => {
        const { exitCode, signal, stdout, stderr } = completed;
        if (argv.some((word) => /\bdumpxml\b/.test(word)))
          currentRecorder()?.xml(this.name.replace(/^root@/, ''), stdout);
        const said = stderr.trim().split('\n')[0] ?? '';
        const ended = exitCode === null ? `killed by ${signal ?? '?'}` : `exit ${exitCode}`;
        return {
          outcome: exitCode !== 0 && said !== '' ? `${ended}: ${said}` : ended,
          failed: exitCode !== 0,
          output: mayBeShown(argv) ? [stdout, stderr].filter((text) => text !== '').join('\n') : undefined,
        };
      },
    );
  }

  readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return this.#record(
      'file',
      () => `read ${path}`,
      this.#host.readFile(path, options),
      (bytes) => ({
        outcome: `${bytes.length} bytes`,
        failed: false,
      }),
    );
  }

  replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    return this.#record(
      'file',
      () => `replace ${path}`,
      this.#host.replaceFile(path, bytes, options),
      () => ({ outcome: `${bytes.length} bytes`, failed: false }),
    );
  }

  /** What goes over the connection is recorded by who speaks over it. */
  dial(endpoint: Endpoint, options?: Limited): Promise<Duplex> {
    return this.#host.dial(endpoint, options);
  }

  async #record<T>(
    kind: 'command' | 'file',
    what: () => string,
    doing: Promise<T>,
    tell: (result: T) => Pick<NewActivity, 'outcome' | 'failed' | 'output'>,
  ): Promise<T> {
    if (currentRecorder() === undefined) return doing;
    const started = performance.now();
    const add = (told: Pick<NewActivity, 'outcome' | 'failed' | 'output'>): void => {
      const ms = performance.now() - started;
      record(() => ({ kind, where: this.name, what: what(), ms, ...told }));
    };
    try {
      const result = await doing;
      add(tell(result));
      return result;
    } catch (error) {
      add({
        outcome: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
        failed: true,
      });
      throw error;
    }
  }
}

/** In one line, as one would type it. */
function commandLine(argv: readonly string[]): string {
  return quoteArgv(argv.map((word) => word.replaceAll('\0', '\ufffd'))).replaceAll(/\s+/g, ' ');
}

/** Only what virsh prints, and nothing of secrets: files and other programs have passwords in places that nobody foresees. */
function mayBeShown(argv: readonly string[]): boolean {
  const virsh = argv.findIndex((word) => word === 'virsh' || word.endsWith('/virsh'));
  return virsh !== -1 && !argv.some((word) => /secret|security-info|dumpxml/.test(word));
}
