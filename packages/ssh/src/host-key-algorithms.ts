const supported = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** How a server may prove that it has its host key; ssh-rsa, with SHA-1, only where a key of that type is known. */
export type HostKeyAlgorithm = (typeof supported)[number] | 'ssh-rsa';

/**
 * All that is spoken, those of the known keys first: a server with keys of several types then shows the one that can be compared.
 *
 * @param types of the keys in known_hosts
 * @returns undefined where no key is known, for the order that ssh2 prefers
 */
export function hostKeyAlgorithms(types: readonly string[]): HostKeyAlgorithm[] | undefined {
  const known = types.flatMap(algorithmsOf);
  if (known.length === 0) return undefined;
  return [...known, ...supported.filter((algorithm) => !known.includes(algorithm))];
}

function algorithmsOf(type: string): HostKeyAlgorithm[] {
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
  return supported.filter((algorithm) => algorithm === type);
}
