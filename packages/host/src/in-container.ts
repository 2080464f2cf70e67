import type { Duplex } from 'node:stream';
import { dialByExec } from './dial-by-exec.js';
import { HostError, tail } from './errors.js';
import { readFileByExec, replaceFileByExec } from './files-by-exec.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
import { supervise, type Launcher } from './supervise.js';

export interface ContainerOptions {
  readonly runtime: 'docker' | 'podman';
  /** Name or id of a running container. */
  readonly name: string;
  /** User in the container, as name or number; default: the container's own. */
  readonly user?: string | undefined;
}

/**
 * A running container of a machine, through `podman exec` or `docker exec` by the user of that host (for containers of
 * root: `inContainer(asRoot(host), ...)`). The image needs /bin/sh and, for files, the usual small tools; dial needs
 * python3 in it.
 *
 * Both runtimes report a signal that ended a program as exit code 128 + number, so {@link Completed.signal} is null.
 *
 * Every call may throw HostError `WB_HOST_CONTAINER`: the runtime or the container is missing or not running.
 */
export function inContainer(host: Host, options: ContainerOptions): Host {
  return new ContainerHost(host, options);
}

class ContainerHost implements Host, Launcher {
  readonly name: string;
  readonly #host: Host;
  readonly #options: ContainerOptions;
  readonly #prefix: readonly string[];

  constructor(host: Host, options: ContainerOptions) {
    const { runtime, name, user } = options;
    this.#host = host;
    this.#options = options;
    this.name = `${name}@${host.name}`;
    if (!/^[a-zA-Z0-9][\w.-]*$/.test(name) || user?.startsWith('-') === true) {
      throw new HostError({
        code: 'WB_HOST_BAD_ARGUMENT',
        action: 'reach a container',
        host: host.name,
        observed: `${JSON.stringify(user === undefined ? name : `${user} in ${name}`)} is no name of a container or user`,
        advice: `See "${runtime} ps" on that machine for the names.`,
      });
    }
    this.#prefix = [runtime, 'exec', '-i', ...(user === undefined ? [] : ['-u', user]), name];
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    const launcher: Launcher = {
      name: this.name,
      exec: (wrapped, given) => this.#enter(wrapped, given),
      explain: this.#explain,
    };
    return await supervise(launcher, argv, options);
  }

  async readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return await readFileByExec(this, path, options);
  }

  async replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    await replaceFileByExec(this, path, bytes, options);
  }

  async dial(endpoint: Endpoint, options?: Limited): Promise<Duplex> {
    return await dialByExec(this, endpoint, options);
  }

  async #enter(argv: readonly string[], options: ExecOptions): Promise<Completed> {
    try {
      return await this.#host.exec([...this.#prefix, ...argv], options);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'WB_HOST_NOT_FOUND') throw error;
      throw this.#error('reach a container', `${this.#options.runtime} is not installed there`, error);
    }
  }

  readonly #explain = (action: string, completed: Completed): HostError =>
    this.#error(
      action,
      tail(completed.stderr) || `${this.#options.runtime} ended with ${String(completed.exitCode)}`,
    );

  #error(action: string, observed: string, cause?: unknown): HostError {
    const { runtime, name } = this.#options;
    return new HostError({
      code: 'WB_HOST_CONTAINER',
      action,
      host: this.name,
      observed,
      advice: `Look with "${runtime} ps -a --filter name=${name}" on ${this.#host.name}; containers of root need asRoot.`,
      cause,
    });
  }
}
