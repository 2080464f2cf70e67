import { errorCode, WhiteboxError } from '@whitebox/core';
import { SshError } from './errors.js';
import type { Target } from './target.js';

/** As in "stack@192.0.2.1:22". */
export function loginOf({ user, address, port }: Target): string {
  return `${user}@${address}:${String(port)}`;
}

function factsOf(target: Target): { readonly action: string; readonly host: string } {
  return { action: `connect to ${loginOf(target)}`, host: target.name };
}

/** What an error of ssh2 means while the connection is made; without one, the server went away. */
export function connectError(
  error: (Error & { level?: string }) | undefined,
  target: Target,
  tried: {
    /** Methods that the server said it accepts. */
    readonly accepted: readonly string[];
    /** What was wrong with keys and agent. */
    readonly notes: readonly string[];
    /** Where the keys come from that were offered. */
    readonly keys: readonly string[];
    /** Whether there was a password to offer. */
    readonly password: boolean;
  },
): SshError {
  const { accepted, notes } = tried;
  const { user, address } = target;
  const facts = { ...factsOf(target), cause: error };
  const ignored =
    target.ignored.length === 0 ? '' : ` Not supported and passed over: ${target.ignored.join(', ')}.`;
  switch (error?.level) {
    case 'client-authentication': {
      const wrong = notes.length === 0 ? '' : `; ${notes.join('; ')}`;
      const wanted = accepted.length === 0 ? '' : `; the server accepts ${accepted.join(', ')}`;
      return new SshError({
        ...facts,
        code: 'WB_SSH_AUTH',
        observed: `${refusal(tried)}${wanted}${wrong}`,
        advice: `Check user and keys with: ssh -v ${user}@${address}. Offered are public keys from identityFiles, the configuration and the agent, and a password where it is given; OpenSSH certificates are not supported.${ignored}`,
      });
    }
    case 'client-socket':
      return unreachable(target, error);
    case 'client-timeout':
      return timedOut(target, 'the server did not answer in time', error);
    default:
      return new SshError({
        ...facts,
        code: 'WB_SSH_HANDSHAKE',
        observed: error?.message ?? 'the server closed the connection before the login was complete',
        advice: `Look at the log of sshd there; it may speak no common algorithm or have too many unfinished logins (MaxStartups).${ignored}`,
      });
  }
}

function refusal({
  keys,
  password,
}: {
  readonly keys: readonly string[];
  readonly password: boolean;
}): string {
  if (keys.length > 0)
    return `the server accepted none of the keys that were offered (${keys.join(', ')})${password ? ', nor the password' : ''}`;
  return `${password ? 'the server did not accept the password, and ' : ''}there was no key to offer`;
}

/** @param from the machine that could not reach it, when it was not this one */
export function unreachable(target: Target, error: unknown, from?: string): SshError {
  const said = wordsOf(error);
  return new SshError({
    ...factsOf(target),
    code: 'WB_SSH_UNREACHABLE',
    observed: from === undefined ? said : `from ${from}: ${said}`,
    advice:
      from === undefined
        ? 'Check address and port, that sshd runs there, routes and firewalls; a machine behind a bastion needs a jump host (ProxyJump).'
        : `Check on ${from} that ${target.address} port ${String(target.port)} can be reached from there, and that its sshd allows forwarding (AllowTcpForwarding, PermitOpen).`,
    cause: error,
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof WhiteboxError) return error.observed;
  return error instanceof Error && error.message !== '' ? error.message : (errorCode(error) ?? String(error));
}

export function timedOut(target: Target, observed: string, cause?: unknown): SshError {
  return new SshError({
    ...factsOf(target),
    code: 'WB_SSH_TIMEOUT',
    observed,
    advice: 'Check that the machine runs and that no firewall drops packets, or allow more time (timeoutMs).',
    cause,
  });
}

export function aborted(target: Target, cause: unknown): SshError {
  return new SshError({
    ...factsOf(target),
    code: 'WB_SSH_ABORTED',
    observed: 'the caller gave it up',
    advice: 'Nothing to do, unless this was not wanted: see what aborted the signal (the cause).',
    cause,
  });
}
