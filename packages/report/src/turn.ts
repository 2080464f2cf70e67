import { duration, plural } from './duration.js';
import type { ReportTurn } from './model.js';

/** "claimed 2 dedicated CPUs; waited 12.3 s for its turn" */
export function turnText({ claim, waitedMs, own = [] }: ReportTurn): string {
  const cpus = claimedCpus(claim);
  const things = [
    cpus === 0 ? 'no dedicated CPU' : plural(cpus, 'dedicated CPU'),
    ...(claim?.exclusive ?? []),
    ...own.map((host) => `${host} for itself`),
  ];
  const claimed = claim === null ? 'had the cloud alone' : `claimed ${things.join(', ')}`;
  return `${claimed}; ${waitedMs < 100 ? 'did not wait' : `waited ${duration(waitedMs)}`} for its turn`;
}

/** Dedicated CPUs of all NUMA cells. */
export function claimedCpus(claim: ReportTurn['claim']): number {
  return (claim?.dedicatedCpus ?? 0) * (claim?.cells ?? 1);
}
