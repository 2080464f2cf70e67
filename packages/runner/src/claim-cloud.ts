import { join } from 'node:path';
import { liveRuns, openRuns, RunState, type CloudReference } from '@whitebox/testkit';
import { cloudArguments, type CloudOptions } from './cloud-options.js';
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
      observed: `run ${run.runId} of ${run.started} was killed and has not given back everything to its cloud:${listed(await state.describe())}`,
      advice: 'Give it back with "whitebox recover" ("whitebox recover --dry-run" only lists it).',
    });
  }
}

/**
 * `WB_RUN_OPEN` for changes that this machine knows nothing of: another one has made them, or this one has lost its records.
 *
 * @param open what the hosts know of, a line each
 */
export function changedHosts(open: readonly string[], options: CloudOptions): UsageError {
  const command = ['whitebox recover --all-hosts', ...cloudArguments(options)].join(' ');
  return new UsageError({
    code: 'WB_RUN_OPEN',
    action: 'start a run',
    observed: `hosts of the cloud are changed and not given back:${listed(open)}`,
    advice: `Where a run is still at work, wait for its end. Else give it back on the machine that changed them with "whitebox recover", or, where that is lost or has forgotten it, from here with "${command}".`,
  });
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `\n  - ${line}`).join('');
}
