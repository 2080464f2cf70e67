import { duration, plural } from './duration.js';
import type { ReportTurn } from './model.js';

/** "claimed 2 dedicated CPUs; waited 12.3 s for its turn" */
export function turnText({ claim, waitedMs }: ReportTurn): string {
  const cpus = claim?.dedicatedCpus ?? 0;
  const claimed =
    claim === null
      ? 'had the cloud alone'
      : `claimed ${cpus === 0 ? 'no dedicated CPU' : plural(cpus, 'dedicated CPU')}`;
  return `${claimed}; ${waitedMs < 100 ? 'did not wait' : `waited ${duration(waitedMs)}`} for its turn`;
}
