import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { raceSignal } from '@whitebox/core';
import type { Endpoint, Limited } from '@whitebox/host';
import { aborted, loginOf, timedOut, unreachable } from './connect-errors.js';
import { parseDestination, type Destination } from './destination.js';
import { SshError } from './errors.js';
import { HostKeyCheck } from './host-key-check.js';
import { loadIdentities } from './identities.js';
import type { SshOptions } from './options.js';
import { parseKeyFile, Ssh2Connection } from './ssh2-connection.js';
import { resolveTarget, type Target } from './target.js';

/** A connection together with those to the jump hosts that carry it. */
export interface Route {
  readonly name: string;
  /** As in "stack@192.0.2.1:22". */
  readonly login: string;
  readonly connection: Ssh2Connection;
  /** One more connection to the same server, through the same jump hosts. */
  another(): Promise<Ssh2Connection>;
  close(): Promise<void>;
}

/** The machine from which a server is dialled, when it is not this one. */
interface Carrier {
  readonly name: string;
  dial(endpoint: Endpoint, limits: Limited): Promise<Duplex>;
}

const maxJumps = 16;

/** @throws SshError */
export async function openRoute(destination: string, options: SshOptions): Promise<Route> {
  const until = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs;
  return await openHop(parseDestination(destination), options, 0, until);
}

/** `until` is the deadline that all hops share, on the clock of `performance`. */
async function openHop(
  destination: Destination,
  options: SshOptions,
  depth: number,
  until: number | undefined,
): Promise<Route> {
  const target = await resolveTarget(destination, options);
  if (depth > maxJumps) {
    throw new SshError({
      code: 'WB_SSH_CONFIG',
      action: `connect to ${destination.host}`,
      observed: `the way there leads over more than ${String(maxJumps)} jump hosts`,
      advice: 'Look for a ProxyJump in the ssh configuration that leads back to itself.',
    });
  }
  const jump = options.via === undefined ? await openJump(target, options, depth, until) : undefined;
  const carrier = options.via ?? (jump === undefined ? undefined : dialling(jump));
  try {
    const connection = await openConnection(target, options, carrier, until);
    return {
      name: target.name,
      login: loginOf(target),
      connection,
      another: () => openConnection(target, options, carrier),
      async close() {
        await connection.close();
        await jump?.close();
      },
    };
  } catch (error) {
    await jump?.close();
    throw error;
  }
}

/** The last jump host, reached over those before it; what holds for the target holds for none of them. */
async function openJump(
  target: Target,
  options: SshOptions,
  depth: number,
  until: number | undefined,
): Promise<Route | undefined> {
  if (target.jump === undefined) return undefined;
  const hops = target.jump.split(',').map((hop) => hop.trim());
  const last = parseDestination(hops.at(-1) ?? '');
  const before = hops.slice(0, -1).join(',');
  const { configFile, agent, passphrase, knownHostsFiles, hostKeys, timeoutMs, signal } = options;
  const own: SshOptions = { configFile, agent, passphrase, knownHostsFiles, hostKeys, timeoutMs, signal };
  // Keys that the caller names are meant for every hop that has none of its own in the configuration.
  const keys = options.identityFiles === undefined ? {} : { identityFiles: options.identityFiles };
  return await openHop(
    last,
    { ...own, ...keys, ...(before === '' ? {} : { jump: before }) },
    depth + 1,
    until,
  );
}

function dialling({ login, connection }: Route): Carrier {
  return { name: login, dial: (endpoint) => connection.forward(endpoint) };
}

async function openConnection(
  target: Target,
  options: SshOptions,
  carrier: Carrier | undefined,
  until?: number,
): Promise<Ssh2Connection> {
  const timeoutMs = options.timeoutMs ?? target.connectTimeoutMs ?? 30_000;
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => {
      giveUp.abort(timedOut(target, `no connection within ${String(timeoutMs)} ms`));
    },
    until === undefined ? timeoutMs : Math.max(0, until - performance.now()),
  );
  const onAbort = (): void => {
    giveUp.abort(aborted(target, options.signal?.reason));
  };
  if (options.signal?.aborted === true) onAbort();
  else options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    giveUp.signal.throwIfAborted();
    const identities = await loadIdentities(target, options.passphrase, parseKeyFile);
    const hostKey = await HostKeyCheck.load({
      name: target.name,
      address: target.address,
      port: target.port,
      alias: target.hostKeyAlias,
      policy: target.hostKeys,
      files: target.knownHostsFiles,
      revokedFile: target.revokedKeysFile,
    });
    const socket = await openSocket(target, carrier, giveUp.signal);
    const { password } = options;
    return await Ssh2Connection.open({ target, socket, identities, password, hostKey }, giveUp.signal);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

async function openSocket(
  target: Target,
  carrier: Carrier | undefined,
  signal: AbortSignal,
): Promise<Duplex> {
  const { address, port } = target;
  if (carrier !== undefined) {
    const dialling = carrier.dial({ address, port }, { signal });
    try {
      return await raceSignal(dialling, signal);
    } catch (error) {
      // It may still come when nobody wants it any more.
      dialling.then(
        (socket) => socket.destroy(),
        () => undefined,
      );
      signal.throwIfAborted();
      throw unreachable(target, error, carrier.name);
    }
  }
  const socket = connectSocket({ host: address, port, family: target.family, noDelay: true });
  return await new Promise<Duplex>((resolve, reject) => {
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(unreachable(target, error));
    });
  });
}
