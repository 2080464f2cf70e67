import type { LogLine, LogMark } from '@whitebox/services';
import type { ComputeHost } from '../compute-host.js';
import type { LogExcerpt } from './model.js';

/** Milliseconds for the logs of one host; a host that is down must not hold up the end of a case. */
const timeoutMs = 15_000;
const mostLines = 200;

/** Places in the logs of the computes, as they were when the case began. */
export type LogMarks = ReadonlyMap<ComputeHost, Promise<LogMark | undefined>>;

/** Never rejects: a log that cannot be read now is left out later. */
export function markLogs(computes: readonly ComputeHost[]): LogMarks {
  return new Map(
    computes.map((compute) => [compute, compute.novaCompute.mark({ timeoutMs }).catch(() => undefined)]),
  );
}

/**
 * What nova-compute of each host has written since then: warnings and worse, what follows them, and what names one of these
 * (servers, requests). A host that does not answer is left out.
 */
export async function logExcerpts(marks: LogMarks, names: readonly string[]): Promise<LogExcerpt[]> {
  const read = await Promise.all(
    [...marks].map(async ([compute, marking]): Promise<LogExcerpt[]> => {
      const mark = await marking;
      if (mark === undefined) return [];
      const lines = await compute.novaCompute.log(mark, { timeoutMs }).catch(() => []);
      return excerpt(`nova-compute on ${compute.name}`, lines, names);
    }),
  );
  return read.flat();
}

export function excerpt(
  title: string,
  lines: readonly Pick<LogLine, 'message' | 'time' | 'priority'>[],
  names: readonly string[],
): LogExcerpt[] {
  // syslog: 4 is a warning.
  const wanted = lines.filter(
    ({ message, priority = 7 }) =>
      priority <= 4 ||
      /\b(?:WARNING|ERROR|CRITICAL|TRACE)\b/.test(message) ||
      names.some((name) => message.includes(name)),
  );
  const shown = wanted.slice(-mostLines);
  if (shown.length === 0) return [];
  return [
    {
      title,
      lines: shown.map(({ time, message }) =>
        time === undefined ? message : `${time.toISOString()} ${message}`,
      ),
      dropped: lines.length - shown.length,
    },
  ];
}
