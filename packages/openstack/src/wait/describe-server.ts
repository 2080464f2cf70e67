import type { Server } from '../compute/server.js';

export function describe(server: Server): string {
  const task = server.taskState === null ? 'no task' : `task ${server.taskState}`;
  return `${server.status} with ${task}${server.host === null ? '' : ` on ${server.host}`}`;
}

export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}

/** The last line of the fault's traceback, where it says more than its message. */
export function faultDetails(server: Server): string {
  const last = server.fault?.details?.trim().split('\n').at(-1)?.trim() ?? '';
  return last === '' || server.fault?.message.includes(last) === true
    ? ''
    : `details: ${last.slice(0, 1000)}`;
}

export function adviceFor(reason: string, server: Server | undefined): string {
  if (/NoValidHost|No valid host|MaxRetriesExceeded|Exceeded maximum number of retries/i.test(reason)) {
    return "No compute could take it: compare what the flavor asks for with the inventories and usages in Placement, and look for the filters in nova-scheduler's log (and, after retries, in nova-compute's).";
  }
  const host = server?.host ?? undefined;
  return host === undefined
    ? 'Look for the request id in the logs of nova-conductor and nova-scheduler.'
    : `Look at the log of nova-compute on ${host}.`;
}
