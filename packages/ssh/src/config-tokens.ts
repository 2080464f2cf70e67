import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { configError } from './config-values.js';
import { SshError } from './errors.js';

export interface TokenValues {
  readonly home: string;
  readonly host: string;
  /** The name as it was given. */
  readonly original: string;
  readonly hostKeyAlias: string | undefined;
  readonly port: number;
  readonly user: string;
  readonly localUser: string;
}

/** Replaces ~, ${NAME} and the %-tokens of ssh_config(5). */
export function expandTokens(text: string, values: TokenValues): string {
  const local = hostname();
  const tokens: Record<string, string> = {
    '%': '%',
    d: values.home,
    h: values.host,
    i: String(userInfo().uid),
    k: values.hostKeyAlias ?? values.original,
    L: local.split('.', 1)[0] ?? local,
    l: local,
    n: values.original,
    p: String(values.port),
    r: values.user,
    u: values.localUser,
    C: createHash('sha1')
      .update(`${local}${values.host}${String(values.port)}${values.user}`)
      .digest('hex'),
  };
  return text
    .replace(/^~(?=\/|$)/, values.home)
    .replace(/\$\{(\w+)\}/g, (_whole, name: string) => environment(name, text))
    .replace(/%(.)/g, (whole, letter: string) => {
      const value = tokens[letter];
      if (value === undefined) throw configError('', `${whole} in ${text} is not supported`);
      return value;
    });
}

function environment(name: string, text: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new SshError({
    code: 'WB_SSH_CONFIG',
    action: 'read the ssh configuration',
    observed: `the environment variable ${name} of ${text} is not set`,
    advice: 'Set it, or change the configuration.',
  });
}
