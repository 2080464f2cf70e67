import type { HostLook } from './look-at-host.js';
import type { NotRead } from './results.js';

/** What a look at a host could not tell; what has nothing to look at is not among it. */
export function notReadOf(host: string, { unchecked, troubles }: HostLook): readonly NotRead[] {
  const missing = new Map<string, { servers: Set<string>; invariants: Set<string> }>();
  for (const { id, subject, missing: what } of unchecked) {
    if (subject === undefined) continue;
    const entry = missing.get(what) ?? { servers: new Set(), invariants: new Set() };
    missing.set(what, entry);
    entry.invariants.add(id);
    if (subject.kind === 'server') entry.servers.add(subject.name);
  }
  return [...missing].map(([what, { servers, invariants }]) => ({
    host,
    missing: what,
    servers: [...servers].sort(),
    invariants: [...invariants],
    why: troubles,
  }));
}
