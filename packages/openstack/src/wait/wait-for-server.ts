import type { Compute } from '../compute/compute.js';
import type { Server, ServerStatus } from '../compute/server.js';
import { ServerWatcher, type ServerCondition, type ServerWait } from './server-watcher.js';
import { watch } from './watch.js';

export interface ServerGoal extends ServerWait {
  readonly status: ServerStatus | readonly ServerStatus[];
  /** Default null: nothing is being done to it any more. `any` does not look at it. */
  readonly taskState?: string | null | undefined;
}

/**
 * The server once it is in the state.
 * @throws ServerStateError at once when that has become impossible: ERROR with Nova's fault, deleted, settled elsewhere
 * @throws WaitTimeoutError `WB_WAIT_TIMEOUT`
 */
export async function waitForServer(compute: Compute, id: string, goal: ServerGoal): Promise<Server> {
  const statuses: readonly ServerStatus[] = typeof goal.status === 'string' ? [goal.status] : goal.status;
  const taskState = goal.taskState === undefined ? null : goal.taskState;
  return waitForServerState(
    compute,
    id,
    {
      what: `server ${id} to become ${statuses.join(' or ')}`,
      reached: (server) =>
        statuses.includes(server.status) && (taskState === 'any' || server.taskState === taskState),
      toleratesError: statuses.includes('ERROR'),
    },
    goal,
  );
}

/** Waits until the server no longer exists. @throws ServerStateError at once when it was not deleted but left behind */
export async function waitForServerGone(compute: Compute, id: string, wait: ServerWait = {}): Promise<void> {
  const watcher = new ServerWatcher(
    compute,
    id,
    { what: `server ${id} to be gone`, reached: () => false },
    wait,
  );
  await watch(watcher.goal.what, (signal) => watcher.lookForEnd(signal), wait);
}

export async function waitForServerState(
  compute: Compute,
  id: string,
  condition: ServerCondition,
  wait: ServerWait,
): Promise<Server> {
  const watcher = new ServerWatcher(compute, id, condition, wait);
  return watch(condition.what, (signal) => watcher.look(signal), wait);
}
