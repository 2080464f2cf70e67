import type { Duplex } from 'node:stream';
import { dialByExec } from './dial-by-exec.js';
import { HostError, tail } from './errors.js';
import { readFileByExec, replaceFileByExec } from './files-by-exec.js';
import type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
import { supervise, type Launcher } from './supervise.js';

/**
 * Root on a machine, through `sudo -n`: sudo must ask no password and allow any command (sudo runs /bin/sh, which
 * becomes the program). Where there is no sudo but the user is root already, nothing is put in between.
 *
 * dial: TCP ports are reached by the machine itself; unix sockets through python3 run by root.
 *
 * Every call may throw HostError `WB_HOST_SUDO`: sudo is missing, wants a password or does not permit it.
 */
export function asRoot(host: Host): Host {
  return new RootHost(host);
}

class RootHost implements Host, Launcher {
  readonly name: string;
  readonly #host: Host;
  #prefix: readonly string[] = ['sudo', '-n', '--'];

  constructor(host: Host) {
    this.#host = host;
    this.name = `root@${host.name}`;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<Completed> {
    return await supervise(
      { name: this.name, exec: (wrapped, given) => this.#sudo(wrapped, given), explain: this.#explain },
      argv,
      options,
    );
  }

  async readFile(path: string, options?: Limited): Promise<Uint8Array> {
    return await readFileByExec(this, path, options);
  }

  async replaceFile(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void> {
    await replaceFileByExec(this, path, bytes, options);
  }

  async dial(endpoint: Endpoint, options?: Limited): Promise<Duplex> {
    return 'socketPath' in endpoint
      ? await dialByExec(this, endpoint, options)
      : await this.#host.dial(endpoint, options);
  }

  async #sudo(argv: readonly string[], options: ExecOptions): Promise<Completed> {
    try {
      return await this.#host.exec([...this.#prefix, ...argv], options);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'WB_HOST_NOT_FOUND') throw error;
      // Nothing has run and no input was taken, so it can be tried in another way.
      const { stdout } = await this.#host.exec(['id', '-u'], { signal: options.signal });
      if (stdout.trim() === '0') {
        this.#prefix = [];
        return await this.#host.exec(argv, options);
      }
      throw sudoError(this.name, 'become root', 'sudo is not installed, and the user is not root', error);
    }
  }

  readonly #explain = (action: string, completed: Completed): HostError | undefined => {
    const said = tail(completed.stderr);
    // Of its own accord sudo ends with 1; 255 is what ssh ends with when it has no connection.
    if (completed.exitCode === 255) return notReached(this.name, action, said || 'exit code 255');
    return completed.exitCode === 1 ? sudoError(this.name, action, said || 'sudo ended with 1') : undefined;
  };
}

function notReached(host: string, action: string, observed: string): HostError {
  return new HostError({
    code: 'WB_HOST_FAILED',
    action,
    host,
    observed: `the machine was not reached: ${observed}`,
    advice:
      'Nothing has run there. See whether "ssh" to that machine works by hand, with the same user, key and known_hosts.',
  });
}

function sudoError(host: string, action: string, observed: string, cause?: unknown): HostError {
  const password = /password|askpass/i.test(observed);
  const terminal = /\btty\b|terminal/i.test(observed) && !password;
  return new HostError({
    code: 'WB_HOST_SUDO',
    action,
    host,
    observed,
    advice: password
      ? 'Whitebox types no passwords: give the login user a NOPASSWD rule, as in "stack ALL=(ALL) NOPASSWD: ALL" in /etc/sudoers.d.'
      : terminal
        ? 'Take requiretty out of the sudo rules for the login user ("Defaults:stack !requiretty").'
        : 'Allow the login user any command as root without a password, or log in as root.',
    cause,
  });
}
