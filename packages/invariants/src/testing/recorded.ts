import { readFileSync } from 'node:fs';
import { CpuSet } from '@whitebox/core';
import type { Snapshot } from '../snapshot.js';

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** A way in which a lab was broken for real, and what that changed in what was read. */
export interface RecordedBreak {
  readonly what: string;
  /** Invariants that it violates, and others that it may. */
  readonly finds: readonly string[];
  readonly also: readonly string[];
  /** Source of a pattern of what is said of it. */
  readonly says: string;
  readonly changes: readonly (readonly [path: readonly (string | number)[], value?: Plain])[];
}

/** Recorded by `npm run audit:breaks -- --record FOLDER`. */
export const recordedBreaks = JSON.parse(read('breaks.json')) as readonly RecordedBreak[];

/** What was read of a compute of the lab with its servers, after these changes. */
export function recordedLab(changes: RecordedBreak['changes'] = []): Snapshot {
  const lab = JSON.parse(read('good.json')) as Plain;
  for (const [path, value] of changes) {
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Plain | undefined>((at, key) => child(at, key), lab);
    if (last === undefined || typeof parent !== 'object' || parent === null)
      throw new Error(`The recorded lab has no ${path.join('.')}.`);
    const into = parent as Record<string | number, Plain>;
    if (value === undefined) Reflect.deleteProperty(into, last);
    else into[last] = value;
  }
  return snapshotOf(lab);
}

function read(name: string): string {
  return readFileSync(new URL(`../../testdata/lab/${name}`, import.meta.url), 'utf8');
}

function child(at: Plain | undefined, key: string | number): Plain | undefined {
  return typeof at === 'object' && at !== null ? (at as Record<string | number, Plain>)[key] : undefined;
}

/** The XML of a domain that is a guest's is recorded once. */
function snapshotOf(plain: Plain): Snapshot {
  const { hosts, ...snapshot } = alive(plain) as Snapshot;
  const live = new Map(snapshot.guests.map((guest) => [guest.uuid, guest.live ?? undefined]));
  return {
    ...snapshot,
    hosts: hosts.map(({ domains, ...host }) => ({
      ...host,
      domains: domains?.map((domain) => ({ ...domain, xml: domain.xml ?? live.get(domain.uuid) })),
    })),
  };
}

function alive(value: Plain): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(alive);
  const { $cpus, $date, $map, $set } = value;
  if (typeof $cpus === 'string') return $cpus === '' ? CpuSet.empty : CpuSet.parse($cpus, 'kernel');
  if (typeof $date === 'string') return new Date($date);
  if (Array.isArray($map)) return new Map(alive($map) as [unknown, unknown][]);
  if (Array.isArray($set)) return new Set(alive($set) as unknown[]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, alive(each)]));
}
