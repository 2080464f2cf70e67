import { SshError } from './errors.js';

export interface Destination {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * Takes `host`, `user@host`, `host:port`, `[2001:db8::1]:22` and `ssh://user@host:port` apart.
 *
 * @throws SshError `WB_SSH_CONFIG`
 */
export function parseDestination(text: string): Destination {
  const bare = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest);
  // More than one colon without brackets is an IPv6 address and has no port.
  const plain = /^([^:]+)(?::(\d+))?$/.exec(rest) ?? /^([\da-fA-F:.%]+[^\s]*)$/.exec(rest);
  const [, host, portText] = bracketed ?? plain ?? [];
  const port = portText === undefined ? undefined : Number(portText);
  const sound =
    host !== undefined && host !== '' && !host.startsWith('-') && !/[\s\0'"`$\\;&<>|(){}]/.test(host);
  if (!sound || user === '' || (port !== undefined && (port < 1 || port > 65535))) {
    throw new SshError({
      code: 'WB_SSH_CONFIG',
      action: `connect to ${JSON.stringify(text)}`,
      observed: 'that is not a destination',
      advice: 'Write host, user@host, user@host:port or ssh://user@host:port.',
    });
  }
  return { host, user, port };
}
