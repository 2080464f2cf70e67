import { join } from 'node:path';
import { liveRuns, openRuns, RunState, type CloudReference } from '@whitebox/testkit';
import { RunError, UsageError } from './errors.js';
import { stateRoot } from './state-root.js';

/** Writes down that this run begins. @throws RunError `WB_RUN_BUSY` where another one is at work on this cloud */
export async function claimCloud(runId: string, cloud: CloudReference, cloudId: string): Promise<RunState> {
  const state = await RunState.create(join(stateRoot(), runId), runId, cloud, cloudId);
  const [other] = await liveRuns(stateRoot(), cloudId, runId);
  if (other === undefined) return state;
  await state.remove();
  throw new RunError({
    code: 'WB_RUN_BUSY',
    action: `start a run against ${cloudId}`,
    observed: `run ${other.runId} (process ${other.pid}, since ${other.started}) is at work on that cloud`,
    advice:
      "Two runs would take each other's CPUs and change the same configuration: wait for its end, or interrupt it.",
  });
}

/** @throws UsageError `WB_RUN_OPEN` where a killed run of this user has left something on its cloud */
export async function refuseOpenRuns(): Promise<void> {
  const open = await openRuns(stateRoot());
  for (const run of open) {
    const state = RunState.at(run.directory);
    if (await state.isEmpty()) {
      await state.remove();
      continue;
    }
    throw new UsageError({
      code: 'WB_RUN_OPEN',
      action: 'start a run',
      observed: `run ${run.runId} of ${run.started} was killed and has not given back everything to its cloud`,
      advice: 'See what it left with "whitebox recover --dry-run" and give it back with "whitebox recover".',
    });
  }
}
