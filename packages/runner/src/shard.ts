import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from './errors.js';
import { fileTrouble } from './file-trouble.js';
import type { LastTimes } from './last-times.js';

/** One of several parts of a run. */
export interface Shard {
  /** Counted from 1. */
  readonly index: number;
  readonly of: number;
}

/** What the results of a part say of it, so that parts can be put together again. */
export interface ShardNote extends Shard {
  /** Cases of all parts together. */
  readonly cases: number;
  /** The same for all parts that were made of the same cases in the same way. */
  readonly plan: string;
}

/** @returns undefined for what is not "2/3" */
export function shardOf(text: string): Shard | undefined {
  const [, index = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  return index >= 1 && index <= of ? { index, of } : undefined;
}

/**
 * The cases in as many parts: the longest first, each to the part that has least to do. Every case is in one part, whatever the
 * order in which they come; with no times at all the parts differ by one case at most. A case of which no time is known counts as
 * one that takes the middle of the times.
 *
 * @param ids each once
 * @param times by id, milliseconds
 */
export function parts(ids: readonly string[], of: number, times: LastTimes): readonly (readonly string[])[] {
  const known = ids.flatMap((id) => timeOf(times, id) ?? []).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)] ?? 1;
  const cases = ids.map((id) => ({ id, ms: timeOf(times, id) ?? usual }));
  cases.sort((a, b) => b.ms - a.ms || (a.id < b.id ? -1 : 1));
  const made = Array.from({ length: of }, () => ({ ms: 0, ids: new Set<string>() }));
  for (const { id, ms } of cases) {
    const least = made.reduce((a, b) => (b.ms < a.ms || (b.ms === a.ms && b.ids.size < a.ids.size) ? b : a));
    least.ms += ms;
    least.ids.add(id);
  }
  return made.map((part) => ids.filter((id) => part.ids.has(id)));
}

/** Of a case that goes by the name of something that every object has there is none. */
export function timeOf(times: LastTimes, id: string): number | undefined {
  return Object.hasOwn(times, id) ? times[id] : undefined;
}

/**
 * The cases of one part, in the order in which they came.
 *
 * @throws UsageError `WB_RUN_USAGE` where there are fewer cases than parts
 */
export function takeShard(
  ids: readonly string[],
  shard: Shard,
  times: LastTimes,
): { readonly ids: readonly string[]; readonly note: ShardNote } {
  if (shard.of > ids.length)
    throw new UsageError({
      code: 'WB_RUN_USAGE',
      action: `take --shard ${shard.index}/${shard.of}`,
      observed: `there are only ${ids.length} cases for ${shard.of} shards`,
      advice: `Make at most ${ids.length} shards, or select more cases.`,
    });
  const all = parts(ids, shard.of, times);
  // The order in which the cases were listed is no part of it.
  const plan = createHash('sha256')
    .update(JSON.stringify(all.map((part) => [...part].sort())))
    .digest('hex')
    .slice(0, 16);
  return { ids: all[shard.index - 1] ?? [], note: { ...shard, cases: ids.length, plan } };
}

/**
 * Times of an earlier run for `--times`: its results.json, where each case that passed counts, or a last-times.json.
 *
 * @throws UsageError `WB_RUN_USAGE`
 */
export async function readTimes(file: string): Promise<LastTimes> {
  const refuse = (observed: string, cause?: unknown): UsageError =>
    new UsageError({
      code: 'WB_RUN_USAGE',
      action: `read the times of cases from ${file}`,
      observed,
      advice: 'Give the results.json of an earlier run, the same file to every shard.',
      ...(cause === undefined ? {} : { cause }),
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw refuse(fileTrouble(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const times = isObject(value) && Array.isArray(value['cases']) ? timesOf(value['cases']) : value;
  if (!isObject(times) || Object.values(times).length === 0) throw refuse('it has no times of cases');
  if (!Object.values(times).every((ms) => typeof ms === 'number' && ms >= 0))
    throw refuse('it is JSON of something else');
  return times as LastTimes;
}

function timesOf(cases: readonly unknown[]): Record<string, unknown> {
  const passed = cases.filter((one) => isObject(one)).filter(({ verdict }) => verdict === 'passed');
  return Object.fromEntries(passed.map(({ id, durationMs }) => [String(id), durationMs]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
