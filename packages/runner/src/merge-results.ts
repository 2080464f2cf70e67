import type { CaseResult } from './case-result.js';
import { UsageError } from './errors.js';
import { count, flaky, resultsFormat, type RunResults } from './results.js';

/** The results of a part of a run, and where they come from. */
export interface Part {
  readonly folder: string;
  readonly results: RunResults;
}

/**
 * The parts of a run as one. What belongs to no case says of which part it is. A part that is missing, or has no result for a
 * case of its own, is a trouble: such a run does not look green.
 *
 * @throws UsageError `WB_RUN_MERGE` for parts that are not of one run, or contradict each other
 */
export function mergeResults(parts: readonly Part[]): RunResults {
  const all = parts.map(({ results }) => results);
  const repeat = theSame(parts, 'ran each case a different number of times', ({ repeat = 1 }) => repeat);
  const started = Math.min(...all.map((one) => Date.parse(one.started)));
  const ended = Math.max(...all.map((one) => Date.parse(one.started) + one.durationMs));
  const { cases, doubled } = casesOf(parts);
  const seeds = new Set(all.map(({ seed }) => seed));
  const [seed] = seeds.size === 1 ? seeds : [];
  const clouds = new Set(all.map(({ cloud }) => cloud));
  const [cloud] = clouds.size === 1 ? clouds : [];
  const jobs = Math.max(...all.map(({ jobs = 1 }) => jobs));
  return {
    format: resultsFormat,
    started: new Date(started).toISOString(),
    durationMs: ended - started,
    suites: suitesOf(parts),
    counts: count(cases),
    ...(jobs === 1 ? {} : { jobs }),
    ...(seed === undefined ? {} : { seed }),
    ...(repeat === 1 ? {} : { repeat, flaky: flaky(cases) }),
    interrupted: all.some(({ interrupted }) => interrupted),
    ...(cloud === undefined ? {} : { cloud }),
    facts: said(parts, ({ facts = [] }) => facts),
    warnings: [
      ...said(parts, ({ warnings }) => warnings),
      ...different(parts, 'clouds', ({ cloud }) => cloud),
      ...different(parts, 'releases', ({ facts }) => facts?.map(releaseIn).find((one) => one !== undefined)),
      ...(doubled === 0
        ? []
        : [`${doubled} cases are in several parts with the same verdict; what ran first was kept.`]),
    ],
    troubles: [...labelled(parts, ({ troubles }) => troubles), ...missing(parts, cases)],
    leftovers: labelled(parts, ({ leftovers }) => leftovers),
    cases,
  };
}

function casesOf(parts: readonly Part[]): { cases: CaseResult[]; doubled: number } {
  const old = parts.find(({ results }) => results.cases.some((one) => Number.isNaN(Date.parse(one.started))));
  if (old !== undefined)
    throw refuse(
      `${old.folder} does not say when its cases began`,
      'A version of Whitebox wrote it that knew no shards: run them again.',
    );
  const kept = new Map<string, { readonly one: CaseResult; readonly part: Part }>();
  const contradictions: string[] = [];
  let doubled = 0;
  const inOrder = parts
    .flatMap((part) => part.results.cases.map((one) => ({ one, part })))
    .sort((a, b) => Date.parse(a.one.started) - Date.parse(b.one.started));
  for (const { one, part } of inOrder) {
    const key = JSON.stringify([one.id, one.attempt]);
    const other = kept.get(key);
    if (other === undefined) kept.set(key, { one, part });
    else if (other.one.verdict === one.verdict) doubled += 1;
    else
      contradictions.push(
        `${one.id}: ${other.one.verdict} in ${other.part.folder}, ${one.verdict} in ${part.folder}`,
      );
  }
  if (contradictions.length > 0) {
    const shown = contradictions.slice(0, 10);
    const more = contradictions.length - shown.length;
    throw refuse(
      [
        'cases have different verdicts in two parts:',
        ...shown.map((line) => `  ${line}`),
        ...(more === 0 ? [] : [`  and ${more} more`]),
      ].join('\n'),
      'Each case belongs into one part: leave out the results of an earlier run.',
    );
  }
  return { cases: [...kept.values()].map(({ one }) => one), doubled };
}

function suitesOf(parts: readonly Part[]): RunResults['suites'] {
  const versions = new Map<string, { readonly version: string; readonly folder: string }>();
  for (const { folder, results } of parts)
    for (const { name, version } of results.suites) {
      const other = versions.get(name);
      if (other !== undefined && other.version !== version)
        throw refuse(
          `${name} is ${other.version} in ${other.folder} and ${version} in ${folder}`,
          'Run all shards with the same version.',
        );
      versions.set(name, { version, folder });
    }
  return [...versions].map(([name, { version }]) => ({ name, version }));
}

/** Shards that nobody has brought, and cases that no shard has a result for. */
function missing(parts: readonly Part[], cases: readonly CaseResult[]): readonly string[] {
  const of = theSame(parts, 'are shards of different numbers', ({ shard }) => shard?.of);
  if (of === undefined) return [];
  theSame(
    parts,
    'are shards of different cases, or were made with different times',
    ({ shard }) => shard?.plan,
  );
  const there = new Set(parts.map(({ results }) => results.shard?.index));
  const away = Array.from({ length: of }, (_, index) => index + 1).filter((index) => !there.has(index));
  if (away.length > 0)
    return away.map((index) => `shard ${index}/${of} is missing: its cases have no result`);
  const wanted = parts[0]?.results.shard?.cases ?? 0;
  const found = new Set(cases.map(({ id }) => id)).size;
  return found < wanted ? [`${wanted - found} of ${wanted} cases have no result in any shard`] : [];
}

function theSame<Value>(
  parts: readonly Part[],
  otherwise: string,
  valueOf: (results: RunResults) => Value,
): Value | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const value = valueOf(first.results);
  const other = parts.find(({ results }) => valueOf(results) !== value);
  if (other === undefined) return value;
  throw refuse(
    `${first.folder} and ${other.folder} ${otherwise}`,
    'Merge the parts of one run: the same suites, filters, --times and --repeat, and --shard 1/n to n/n.',
  );
}

/** What all parts say alike is said once, without a label. */
function said(
  parts: readonly Part[],
  linesOf: (results: RunResults) => readonly string[],
): readonly string[] {
  const texts = new Set(parts.map(({ results }) => JSON.stringify(linesOf(results))));
  const [first] = parts;
  return texts.size === 1 && first !== undefined ? linesOf(first.results) : labelled(parts, linesOf);
}

/** "Nova: zed (Nova 26.2.2, compute API 2.93)" of the line that preflight says of it. */
function releaseIn(fact: string): string | undefined {
  return /^Nova: [^;]+/.exec(fact)?.[0];
}

/** Shards may be shared among clouds; but whoever reads the results has to know of it. */
function different(
  parts: readonly Part[],
  what: string,
  valueOf: (results: RunResults) => string | undefined,
): readonly string[] {
  const known = parts.flatMap((part) => {
    const value = valueOf(part.results);
    return value === undefined ? [] : [{ part, value }];
  });
  if (new Set(known.map(({ value }) => value)).size < 2) return [];
  const each = known.map(({ part, value }) => `${labelOf(part)} on ${value}`);
  return [`The parts ran on different ${what}: ${each.join(', ')}.`];
}

function labelled(
  parts: readonly Part[],
  linesOf: (results: RunResults) => readonly string[],
): readonly string[] {
  return parts.flatMap((part) => linesOf(part.results).map((line) => `${labelOf(part)}: ${line}`));
}

function labelOf({ folder, results: { shard } }: Part): string {
  return shard === undefined ? folder : `shard ${shard.index}/${shard.of}`;
}

function refuse(observed: string, advice: string): UsageError {
  return new UsageError({ code: 'WB_RUN_MERGE', action: 'merge the parts of a run', observed, advice });
}
