import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CaseResult } from './case-result.js';
import { stateRoot } from './state-root.js';

/** Id of a case -> milliseconds that it took when it passed last. */
export type LastTimes = Readonly<Record<string, number>>;

/** Beside the folder of the runs. */
export function lastTimesFile(root = stateRoot()): string {
  return join(dirname(root), 'last-times.json');
}

/** What a run knows of earlier ones; nothing where there is no such file, or one that nobody can read. */
export async function readLastTimes(file = lastTimesFile()): Promise<LastTimes> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    const times: unknown = JSON.parse(text);
    if (typeof times !== 'object' || times === null) return {};
    return Object.fromEntries(
      Object.entries(times).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return {};
  }
}

/** Keeps the times of the cases that passed; those of others stay. A run is not spoilt where they cannot be kept. */
export async function keepLastTimes(cases: readonly CaseResult[], file = lastTimesFile()): Promise<void> {
  const passed = cases.filter(({ verdict }) => verdict === 'passed');
  const times = {
    ...(await readLastTimes(file)),
    ...Object.fromEntries(passed.map(({ id, durationMs }) => [id, durationMs])),
  };
  const part = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(part, `${JSON.stringify(times, undefined, 1)}\n`, { mode: 0o600 });
  await rename(part, file);
}
