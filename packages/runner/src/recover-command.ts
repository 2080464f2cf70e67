import { giveBackRun, openRuns, recoverHosts, RunState } from '@whitebox/testkit';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { ExitCode } from './exit-codes.js';
import { stateRoot } from './state-root.js';

export interface RecoverOptions extends CloudOptions {
  readonly dryRun?: boolean | undefined;
  /** Hosts that are asked for what they know of. */
  readonly hosts?: readonly string[] | undefined;
  /** The same of all nova-computes of the cloud. */
  readonly allHosts?: boolean | undefined;
  /** Machines of runs that are gone for good. */
  readonly lost?: readonly string[] | undefined;
  /** Leaves what somebody else has changed since as it is, and gives back the rest. */
  readonly keepTheirs?: boolean | undefined;
  /** Forgets also what could not be given back. */
  readonly forget?: boolean | undefined;
  readonly json?: boolean | undefined;
}

interface Recovered {
  /** Absent of what was found on hosts. */
  readonly runId?: string | undefined;
  readonly started?: string | undefined;
  readonly found: readonly string[];
  readonly notGivenBack: readonly string[];
}

/**
 * `whitebox recover`: gives back what killed runs left, each on the cloud that its state names, and then what hosts know
 * of, where that is asked for.
 *
 * @returns `NotGivenBack` where something is left; with `dryRun` `NotRun` where a host cannot be looked at
 */
export async function recover(options: RecoverOptions): Promise<ExitCode> {
  const say = (text: string): void => {
    if (options.json !== true) process.stdout.write(`${text}\n`);
  };
  const recovered = await recoverRuns(options, say);
  let unseen: readonly string[] = [];
  if (options.hosts !== undefined || options.allHosts === true) {
    const { hosts, lost, dryRun } = options;
    const conflicts = conflictsOf(options);
    say(hosts === undefined ? 'On the hosts of the cloud:' : `On ${hosts.join(', ')}:`);
    const onHosts = await recoverHosts(cloudReference(options), { hosts, lost, conflicts, dryRun }, say);
    recovered.push(onHosts);
    if (dryRun === true) unseen = onHosts.notGivenBack;
  }
  const found = recovered.flatMap((one) => one.found);
  const left = recovered.flatMap((one) => one.notGivenBack);
  if (options.json === true) process.stdout.write(`${JSON.stringify(recovered, undefined, 2)}\n`);
  else if (recovered.length === 0 || (found.length === 0 && left.length === 0))
    say('No run has left anything.');
  else if (options.dryRun === true) for (const line of unseen) say(`  ${line}`);
  else {
    for (const line of left) say(`  not given back: ${line}`);
    say(left.length === 0 ? 'Everything has been given back.' : `${left.length} could not be given back.`);
  }
  if (options.dryRun === true) return unseen.length > 0 ? ExitCode.NotRun : ExitCode.Passed;
  return left.length > 0 ? ExitCode.NotGivenBack : ExitCode.Passed;
}

/** What this machine has written down itself. */
async function recoverRuns(options: RecoverOptions, say: (text: string) => void): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const { runId, started, directory } of await openRuns(stateRoot())) {
    const state = RunState.at(directory);
    const found = await state.describe();
    say(`Run ${runId} of ${started} left ${found.length === 0 ? 'nothing' : `${found.length}:`}`);
    for (const line of found) say(`  ${line}`);
    const notGivenBack =
      options.dryRun === true ? found : await giveBackRun(state, say, { conflicts: conflictsOf(options) });
    if (options.dryRun !== true && (notGivenBack.length === 0 || options.forget === true))
      await state.remove();
    recovered.push({ runId, started, found, notGivenBack });
  }
  return recovered;
}

function conflictsOf({ keepTheirs }: RecoverOptions): 'keep' | 'refuse' {
  return keepTheirs === true ? 'keep' : 'refuse';
}
