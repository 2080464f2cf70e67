import type { Duplex } from 'node:stream';
import type { Endpoint, HostError } from '@whitebox/host';
import ssh2, {
  type AuthenticationType,
  type ClientChannel,
  type IdentityCallback,
  type ParsedKey,
} from 'ssh2';
import { answering } from './answer-password.js';
import { ChannelSocket } from './channel-socket.js';
import { connectError } from './connect-errors.js';
import type { SshError } from './errors.js';
import { ExecSession, type Losable } from './exec-session.js';
import { hostKeyAlgorithms } from './host-key-algorithms.js';
import type { HostKeyCheck } from './host-key-check.js';
import type { Identities } from './identities.js';
import { connectionLost, cutOff } from './lost-connection.js';
import { SftpReader } from './sftp-reader.js';
import type { Target } from './target.js';

/** The server opened no channel although the connection stands: too many sessions, or forbidden. */
export class ChannelRefused extends Error {}

export interface ConnectionParts {
  readonly target: Target;
  /** A connected stream to the server. */
  readonly socket: Duplex;
  readonly identities: Identities;
  readonly password: string | undefined;
  readonly hostKey: HostKeyCheck;
}

/** One authenticated connection; the only thing that knows ssh2. */
export class Ssh2Connection implements Losable {
  readonly #client: ssh2.Client;
  readonly #target: Target;
  #lost: HostError | undefined;
  #cause: Error | undefined;
  #closing = false;
  readonly #closed: Promise<void>;
  readonly #listeners = new Set<(error: HostError) => void>();

  private constructor(client: ssh2.Client, target: Target) {
    this.#client = client;
    this.#target = target;
    client.on('error', (error) => {
      this.#cause ??= error;
    });
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        const lost = this.#lostError();
        this.#lost = lost;
        for (const listener of [...this.#listeners]) listener(lost);
        resolve();
      });
    });
  }

  /** @throws SshError; the signal's reason when it is aborted */
  static async open(parts: ConnectionParts, signal: AbortSignal): Promise<Ssh2Connection> {
    const client = new ssh2.Client();
    try {
      signal.throwIfAborted();
      await connected(client, parts, signal);
    } catch (error) {
      client.on('error', () => undefined);
      client.destroy();
      parts.socket.destroy();
      throw error;
    }
    return new Ssh2Connection(client, parts.target);
  }

  /** Set once the connection is gone, whatever the reason. */
  get lost(): HostError | undefined {
    return this.#lost;
  }

  onLost(listener: (error: HostError) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Starts a program. @throws ChannelRefused; HostError `WB_HOST_CONNECTION_LOST` */
  async exec(command: string): Promise<ExecSession> {
    return await this.#opened('run a program', (done) => {
      this.#client.exec(command, (error, channel) => {
        // At once: what comes next may be in the same packet.
        if (error === undefined) done(undefined, new ExecSession(channel, this));
        else done(error);
      });
    });
  }

  /** @throws ChannelRefused; HostError `WB_HOST_CONNECTION_LOST` */
  async forward(endpoint: Endpoint): Promise<Duplex> {
    return await this.#opened('open a connection', (done) => {
      const take = (error: Error | undefined, channel: ClientChannel): void => {
        if (error === undefined) done(undefined, new ChannelSocket(channel, this));
        else done(error);
      };
      if ('socketPath' in endpoint) {
        this.#client.openssh_forwardOutStreamLocal(endpoint.socketPath, take);
      } else {
        this.#client.forwardOut('127.0.0.1', 0, endpoint.address, endpoint.port, take);
      }
    });
  }

  /** @throws ChannelRefused, also when the server has no SFTP; HostError `WB_HOST_CONNECTION_LOST` */
  async sftp(): Promise<SftpReader> {
    return await this.#opened('open SFTP', (done) => {
      this.#client.sftp((error, sftp) => {
        if (error === undefined) done(undefined, new SftpReader(this.#target.name, sftp, () => this.#lost));
        else done(error);
      });
    });
  }

  /** A round trip: everything that the server had sent before is here when it resolves, also when the connection is lost. */
  async ping(): Promise<void> {
    if (this.#lost !== undefined) return;
    await new Promise<void>((resolve) => {
      try {
        // ssh2 has no ping of its own; the refusal to cancel a forwarding that does not exist is as good.
        this.#client.unforwardIn('127.0.0.1', 1, () => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#lost !== undefined) return;
    this.#client.end();
    const timer = setTimeout(() => this.#client.destroy(), 1000);
    await this.#closed;
    clearTimeout(timer);
  }

  async #opened<T>(
    action: string,
    start: (done: (error: Error | undefined, value?: T) => void) => void,
  ): Promise<T> {
    if (this.#lost !== undefined) throw this.#lost;
    return await new Promise<T>((resolve, reject) => {
      const fail = (error: Error): void => {
        // ssh2 says "No response" to everything pending when the connection goes.
        if (this.#lost !== undefined) reject(this.#lost);
        else if (/Not connected|No response from server/.test(error.message)) reject(this.#lostError());
        else reject(new ChannelRefused(`${action}: ${error.message}`, { cause: error }));
      };
      try {
        start((error, value) => {
          if (error !== undefined) fail(error);
          else if (value !== undefined) resolve(value);
        });
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #lostError(): HostError {
    return connectionLost(this.#target, this.#closing, this.#cause);
  }

  cutOff(): HostError {
    return cutOff(this.#target);
  }
}

/** What loadIdentities needs to know of key files. */
export function parseKeyFile(
  data: Buffer,
  passphrase: string | undefined,
): { readonly publicKey: string; readonly private: boolean } | Error {
  // A list for some formats, whatever the types say.
  const [key] = [ssh2.utils.parseKey(data, passphrase)].flat();
  if (key === undefined) return new Error('it has no key');
  if (key instanceof Error) return key;
  return { publicKey: key.getPublicSSH().toString('base64'), private: key.isPrivateKey() };
}

async function connected(client: ssh2.Client, parts: ConnectionParts, signal: AbortSignal): Promise<void> {
  const { target, socket, identities, password, hostKey } = parts;
  const notes = [...identities.notes];
  const methods = authMethods(target, identities, password);
  let accepted: readonly string[] = [];
  let refused: Error | undefined;
  const keys = [
    ...identities.keys.map(({ path }) => path),
    ...(target.agent === undefined ? [] : ['those of the agent']),
  ];
  const failure = (error?: Error): SshError =>
    connectError(error, target, { accepted, notes, keys, password: password !== undefined });
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
    client.once('ready', resolve);
    client.on('error', (error) => {
      if (refused !== undefined) reject(refused);
      else if (isPassing(error)) notes.push(error.message);
      else reject(failure(error));
    });
    client.once('close', () => {
      reject(refused ?? failure());
    });
    const serverHostKey = hostKeyAlgorithms(hostKey.types);
    client.connect({
      sock: socket,
      username: target.user,
      readyTimeout: 0,
      keepaliveInterval: target.keepaliveIntervalMs,
      keepaliveCountMax: target.keepaliveCountMax,
      ...(serverHostKey === undefined ? {} : { algorithms: { serverHostKey } }),
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        hostKey.check(key).then(
          () => {
            verify(true);
          },
          (error: unknown) => {
            refused = error instanceof Error ? error : new Error(String(error));
            verify(false);
          },
        );
      },
      authHandler: (left: AuthenticationType[] | null, _partial, next) => {
        if (left !== null) accepted = left;
        const method = methods.shift();
        // The types do not know that false ends it, as ssh2 documents.
        (next as (method: unknown) => void)(method ?? false);
      },
    });
  });
}

function authMethods(
  target: Target,
  { keys, publicKeys }: Identities,
  password: string | undefined,
): unknown[] {
  const username = target.user;
  const methods: unknown[] = keys.map(({ data, passphrase }) => ({
    type: 'publickey',
    username,
    key: data,
    ...(passphrase === undefined ? {} : { passphrase }),
  }));
  if (target.agent !== undefined) {
    const agent = new ChosenAgent(target.agent, target.identitiesOnly ? publicKeys : undefined);
    methods.push({ type: 'agent', username, agent });
  }
  if (password !== undefined) {
    const prompt = answering(password);
    methods.push(
      { type: 'password', username, password },
      { type: 'keyboard-interactive', username, prompt },
    );
  }
  // So that the server tells what it accepts even when there is nothing to offer.
  return methods.length > 0 ? methods : [{ type: 'none', username }];
}

/** An agent of which only the keys are offered that the configuration allows. */
class ChosenAgent extends ssh2.OpenSSHAgent {
  readonly #publicKeys: readonly string[] | undefined;

  constructor(path: string, publicKeys: readonly string[] | undefined) {
    super(path);
    this.#publicKeys = publicKeys;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      const allowed = this.#publicKeys;
      const chosen = keys?.filter(
        (key) => allowed === undefined || !('getPublicSSH' in key) || allowed.includes(base64(key)),
      );
      done(error, chosen);
    });
  }
}

function base64(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}

/** Whether ssh2 goes on with another key after that. */
function isPassing(error: Error & { level?: string }): boolean {
  return error.level === 'agent' || error.message.startsWith('Error while signing');
}
