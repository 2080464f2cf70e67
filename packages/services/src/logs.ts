import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { FileLog } from './file-log.js';
import type { LogLine, LogMark } from './service.js';
import { given } from './limits.js';

/** The logs of one service: the journal of its unit, what its container writes, and its log files. */
export interface LogPlaces {
  readonly unit?: string | undefined;
  readonly container?: { readonly runtime: 'podman' | 'docker'; readonly name: string } | undefined;
  readonly files: readonly string[];
}

const fast: Limits = { timeoutMs: 30_000 };
/** A run of a suite can log more than a Host keeps by default. */
const ofAnySize = { maxOutputBytes: Infinity };

/** A place in all of them. */
export async function markLogs(host: Host, places: LogPlaces, limits: Limits = {}): Promise<LogMark> {
  const options = { ...fast, ...given(limits) };
  const [journalCursor, clock, ...files] = await Promise.all([
    places.unit === undefined ? undefined : journalEnd(host, options),
    run(host, ['date', '-u', '+%Y-%m-%dT%H:%M:%S.%NZ'], options),
    ...places.files.map((path) => new FileLog(host, path).mark(options)),
  ]);
  return { journalCursor, time: clock.stdout.trim(), files };
}

/** What was written after that. Order: journal, container, files; within each the oldest line first. */
export async function readLogs(
  host: Host,
  places: LogPlaces,
  since: Date | LogMark,
  limits: Limits = {},
): Promise<LogLine[]> {
  const options = { ...fast, ...given(limits) };
  const parts = await Promise.all([
    places.unit === undefined ? [] : journalSince(host, places.unit, since, options),
    places.container === undefined ? [] : containerSince(host, places.container, since, options),
    ...(since instanceof Date ? [] : since.files).map(async (mark) => {
      const { text } = await new FileLog(host, mark.path).since(mark, options);
      return linesOf(text).map((message) => ({ source: mark.path, message }));
    }),
  ]);
  return parts.flat();
}

async function journalEnd(host: Host, options: Limits): Promise<string | undefined> {
  await settleJournal(host, options);
  const { stdout } = await run(host, ['journalctl', '-q', '-n', '1', '-o', 'json', '--no-pager'], options);
  return stdout.trim() === '' ? undefined : textOf(recordOf(stdout.trim())['__CURSOR']);
}

const journalFields = ['MESSAGE', 'PRIORITY', '_PID', '_SOURCE_REALTIME_TIMESTAMP'];

async function journalSince(
  host: Host,
  unit: string,
  since: Date | LogMark,
  options: Limits,
): Promise<LogLine[]> {
  await settleJournal(host, options);
  const format = ['-q', '--all', '--no-pager', '-o', 'json', `--output-fields=${journalFields.join(',')}`];
  const argv = ['journalctl', ...format, '-u', unit, ...journalStart(since)];
  const { stdout } = await run(host, argv, { ...options, ...ofAnySize });
  return linesOf(stdout).map((line) => {
    const record = recordOf(line);
    const microseconds = Number(
      textOf(record['_SOURCE_REALTIME_TIMESTAMP'] ?? record['__REALTIME_TIMESTAMP']),
    );
    const pid = Number(textOf(record['_PID']));
    const priority = Number(textOf(record['PRIORITY']));
    return {
      source: 'journal',
      message: textOf(record['MESSAGE']),
      time: microseconds > 0 ? new Date(microseconds / 1000) : undefined,
      pid: Number.isInteger(pid) && pid > 0 ? pid : undefined,
      priority: record['PRIORITY'] !== undefined && Number.isInteger(priority) ? priority : undefined,
    };
  });
}

function journalStart(since: Date | LogMark): string[] {
  if (since instanceof Date) return ['--since', `@${(since.getTime() / 1000).toFixed(3)}`];
  if (since.journalCursor !== undefined) return ['--after-cursor', since.journalCursor];
  return ['--since', `@${(Date.parse(since.time) / 1000).toFixed(3)}`];
}

/** What was logged before now shall be found. Needs root; without it the last lines may be missing. */
async function settleJournal(host: Host, options: Limits): Promise<void> {
  await host.exec(['journalctl', '--sync'], options);
}

async function containerSince(
  host: Host,
  { runtime, name }: { readonly runtime: string; readonly name: string },
  since: Date | LogMark,
  options: Limits,
): Promise<LogLine[]> {
  const start = since instanceof Date ? since.toISOString() : since.time;
  const completed = await run(host, [runtime, 'logs', '--timestamps', '--since', start, name], {
    ...options,
    ...ofAnySize,
  });
  // The container's two streams come as the two streams of the command; the timestamps give the order back.
  const stamped = [...linesOf(completed.stdout), ...linesOf(completed.stderr)].map((line) => {
    const [, stamp, message] = /^(\d{4}-\d\d-\d\dT\S+) ?(.*)$/s.exec(line) ?? [];
    return { stamp: stamp ?? '', message: message ?? line };
  });
  return stamped
    .sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0))
    .map(({ stamp, message }) => ({
      source: 'container',
      message,
      time: stamp === '' ? undefined : new Date(stamp),
    }));
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function recordOf(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}

/** journalctl gives a field that is no UTF-8 as a list of bytes, and one that came twice as a list of values. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  if (value.every((byte) => typeof byte === 'number')) return Buffer.from(value).toString('utf8');
  return value.map(textOf).join('\n');
}
