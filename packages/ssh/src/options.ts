import type { Host, Limited } from '@whitebox/host';

/**
 * What to do about the key that a server shows: `verify` takes it only from the known_hosts files; `accept-new` also
 * takes and remembers the key of a server that they do not know; `accept-any` takes any key, so that whoever answers
 * can read and change everything.
 */
export type HostKeyPolicy = 'verify' | 'accept-new' | 'accept-any';

/**
 * What is given here wins over the ssh configuration files. The deadline is for the connecting over all hops (default:
 * ConnectTimeout, else 30 000 ms, for each hop).
 */
export interface SshOptions extends Limited {
  /** Name for people and for errors; default: the destination without user and port. */
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Where to connect, when the destination is only a name. */
  readonly address?: string | undefined;
  /** Paths of private keys, tried in this order before those of the agent. */
  readonly identityFiles?: readonly string[] | undefined;
  /** For encrypted private keys. */
  readonly passphrase?: string | undefined;
  /**
   * Offered after all keys, also where the server asks for it in a dialogue (keyboard-interactive). It goes to the
   * destination alone, never to a jump host.
   */
  readonly password?: string | undefined;
  /** Path of the agent's socket; false for none. Default: IdentityAgent, else SSH_AUTH_SOCK when connecting. */
  readonly agent?: string | false | undefined;
  /** One file in place of ~/.ssh/config and /etc/ssh/ssh_config; false for none. */
  readonly configFile?: string | false | undefined;
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** Default: what StrictHostKeyChecking says, else `verify`. */
  readonly hostKeys?: HostKeyPolicy | undefined;
  /** Jump hosts as in ProxyJump ("user@bastion:2222,inner"); false for none. */
  readonly jump?: string | false | undefined;
  /** The machine from which the server is dialled; it is not closed together with this connection. */
  readonly via?: Host | undefined;
  /** Milliseconds between signs of life; 0 for none. Default: ServerAliveInterval, else 15 000. */
  readonly keepaliveIntervalMs?: number | undefined;
  /** How many of them may stay unanswered until the connection counts as lost; default 3. */
  readonly keepaliveCountMax?: number | undefined;
  /**
   * How many programs run at the same time on the connection; more wait for their turn. Default 8: sshd allows 10
   * (MaxSessions), and file reads and the ending of programs need one each. Where a server allows less, this notices.
   */
  readonly maxChannels?: number | undefined;
}
