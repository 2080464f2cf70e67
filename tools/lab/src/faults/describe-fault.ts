import type { FaultRecord } from './fault-records.js';
import { faultKinds } from './kinds.js';

/** One line: `f1 stop-service on compute1, --service nova-compute, since 12:00:00 UTC` */
export function describeFault({ id, kind, host, words, since, injected }: FaultRecord): string {
  const said = Object.entries(words).map(([name, value]) => `--${name} ${String(value)}`);
  const state = injected ? '' : ' (cut short; heal it)';
  return `${id} ${[`${kind} on ${host}`, ...said, `since ${since.slice(11, 19)} UTC`].join(', ')}${state}`;
}

/** Kinds of faults, and those that are injected. */
export function faultTable(faults: readonly FaultRecord[]): string[] {
  return [
    ...faultKinds.map(({ name, summary }) => `${name.padEnd(18)} ${summary}`),
    '',
    ...(faults.length === 0 ? ['None is injected.'] : ['Injected:']),
    ...faults.map((fault) => `  ${describeFault(fault)}`),
  ];
}
