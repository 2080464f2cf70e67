import { errorCode, sleep } from '@whitebox/core';
import type { Compute } from '../compute/compute.js';
import type { InstanceActionDetail } from '../compute/instance-actions.js';
import type { CallOptions } from '../service-client.js';

/** Services write the end of an event just after the state that it led to. */
const EVENT_GRACE_MS = 1500;

/** The record of what was asked, or undefined where there is none or the policy hides it. */
export async function actionRecord(
  compute: Compute,
  serverId: string,
  requestId: string | undefined,
  options: CallOptions,
): Promise<InstanceActionDetail | undefined> {
  if (requestId === undefined) return undefined;
  try {
    return await compute.instanceActions.show(serverId, requestId, options);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'WB_OPENSTACK_NOT_FOUND' || code === 'WB_OPENSTACK_FORBIDDEN') return undefined;
    throw error;
  }
}

/** The record once it tells of a failure or has ended, but no later than the grace allows. For error messages only. */
export async function settledActionRecord(
  compute: Compute,
  serverId: string,
  requestId: string | undefined,
  signal: AbortSignal,
): Promise<InstanceActionDetail | undefined> {
  const started = performance.now();
  let record: InstanceActionDetail | undefined;
  try {
    do {
      record = await actionRecord(compute, serverId, requestId, { signal });
      if (record === undefined || failures(record).length > 0 || !isRunning(record)) return record;
      await sleep(100, signal);
    } while (performance.now() - started < EVENT_GRACE_MS);
  } catch {
    // The failure that is being reported matters more than what could not be added to it.
  }
  return record;
}

/** Whether services worked on it and none still does. */
export function hasEnded(record: InstanceActionDetail): boolean {
  return record.events.length > 0 && !isRunning(record);
}

export function isRunning(record: InstanceActionDetail): boolean {
  return record.events.some(({ finishedAt }) => finishedAt === null);
}

function failures(record: InstanceActionDetail): InstanceActionDetail['events'] {
  return record.events.filter(({ result }) => result === 'Error');
}

/** What failed, in a sentence per failed event; empty when nothing is known to have failed. */
export function describeFailures(record: InstanceActionDetail | undefined): string {
  if (record === undefined) return '';
  return failures(record)
    .map(({ event, host, details, traceback }) => {
      const where = host === null ? '' : ` on ${host}`;
      return `${event}${where} failed: ${lastLine(traceback) ?? details ?? 'no reason given'}`;
    })
    .join('; ');
}

/** The exception of a traceback: the last line that is not indented and not a remote traceback's rest. */
function lastLine(traceback: string | null): string | undefined {
  const lines = (traceback ?? '').split('\n').map((line) => line.trimEnd());
  const told = lines.filter((line) => /^[\w.]+(Error|Exception|_Remote)?\b.*: ?\S/.test(line));
  return told.at(-1)?.slice(0, 1000);
}
