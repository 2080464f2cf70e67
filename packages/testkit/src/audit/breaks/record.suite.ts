import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CpuSet } from '@whitebox/core';
import { readSnapshot } from '../../snapshot/read-snapshot.js';
import type { LabBreak, Scene } from './lab-break.suite.js';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** What a break changes in what is read: the path to it and its value; the path alone where it is gone. */
type Change = readonly Plain[];

/**
 * Keeps what is read of the host before all breaks and what each changes in it, for the tests of the invariants:
 * packages/invariants/src/recorded.test.ts plays it back.
 */
export class BreakRecorder {
  readonly #folder: string;
  readonly #breaks: Plain[] = [];
  #before: Plain | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async before(scene: Scene): Promise<void> {
    const first = this.#before === undefined;
    this.#before = await look(scene);
    if (first) await this.#write('good.json', this.#before);
  }

  /** Right after it was made, before Nova has seen it. */
  async broken(scene: Scene, { what, finds, also = [], says }: LabBreak): Promise<void> {
    // What Nova puts right by itself is seen, but not believed.
    if (finds.length === 0) return;
    const changes = [...differences(this.#before ?? null, await look(scene), [])];
    this.#breaks.push({ what, finds, also, says: says.source, changes });
    await this.#write('breaks.json', this.#breaks);
  }

  async #write(name: string, value: Plain): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(join(this.#folder, name), `${lines(value, name === 'good.json' ? 4 : 3)}\n`);
  }
}

/** JSON with a line for each value that is so many levels deep. */
function lines(value: Plain, levels: number): string {
  if (levels === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = Array.isArray(value)
    ? (value as readonly Plain[]).map((each) => lines(each, levels - 1))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${lines(each, levels - 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return inner.length === 0
    ? `${open ?? ''}${close ?? ''}`
    : `${open ?? ''}\n${inner.join(',\n')}\n${close ?? ''}`;
}

async function look({ lab, host }: Scene): Promise<Plain> {
  const { session } = lab;
  const rows = await session.database.instances({ host: host.name });
  const guests = rows.map(({ uuid, displayName }) => ({ id: uuid, name: displayName ?? uuid }));
  const scope = { guests, hosts: [host.name] };
  const { takenAt, hosts, ...read } = await readSnapshot(session, scope, new AbortController().signal);
  const mine = new Set(guests.map(({ id }) => id));
  const still = hosts.map(({ domains, ...each }) => ({
    ...each,
    // In one order however often they were started, and their XML once.
    domains: domains
      ?.map(({ xml, ...domain }) => (mine.has(domain.uuid) ? domain : { ...domain, xml }))
      .sort((a, b) => a.uuid.localeCompare(b.uuid, 'en')),
  }));
  return plain({ takenAt, ...read, hosts: still }) ?? null;
}

/** What goes on whatever is broken: the clock, heartbeats, free memory. */
function goesOn(path: readonly (string | number)[]): boolean {
  const [last, of] = [path.at(-1), path.at(-2)];
  if (last === 'updatedAt') return of === 'service' || of === 'computeNode';
  return ['takenAt', 'reportCount', 'lastSeenUp', 'freeKib'].includes(String(last));
}

/** As recorded.ts of packages/invariants reads it again. */
function plain(value: unknown): Plain | undefined {
  if (value instanceof CpuSet) return { $cpus: value.toString() };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Map) return { $map: listOf([...value]) };
  if (value instanceof Set) return { $set: listOf([...value]) };
  if (Array.isArray(value)) return listOf(value);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value as Plain | undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      // Text of Nova's objects, of which everything is there already.
      const one = key === 'raw' ? {} : plain(each);
      return one === undefined ? [] : [[key, one] as const];
    }),
  );
}

function listOf(values: readonly unknown[]): readonly Plain[] {
  return values.map((each) => plain(each) ?? null);
}

function* differences(before: Plain, after: Plain, path: readonly (string | number)[]): Generator<Change> {
  if (goesOn(path) || JSON.stringify(before) === JSON.stringify(after)) return;
  const [one, other] = [entriesOf(before), entriesOf(after)];
  const alike = Array.isArray(before) === Array.isArray(after);
  if (
    one === undefined ||
    other === undefined ||
    !alike ||
    (Array.isArray(before) && one.size !== other.size)
  ) {
    yield [path, after];
    return;
  }
  for (const [key, value] of other) {
    const known = one.get(key);
    if (known === undefined) yield [[...path, key], value];
    else yield* differences(known, value, [...path, key]);
  }
  for (const key of one.keys()) if (!other.has(key)) yield [[...path, key]];
}

function entriesOf(value: Plain): ReadonlyMap<string | number, Plain> | undefined {
  if (Array.isArray(value)) return new Map((value as readonly Plain[]).entries());
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}
