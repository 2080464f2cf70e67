import { giveBackRun, openRuns, RunState } from '@whitebox/testkit';
import { ExitCode } from './exit-codes.js';
import { stateRoot } from './state-root.js';

export interface RecoverOptions {
  readonly dryRun?: boolean | undefined;
  /** Forgets also what could not be given back. */
  readonly forget?: boolean | undefined;
  readonly json?: boolean | undefined;
}

interface Recovered {
  readonly runId: string;
  readonly started: string;
  readonly found: readonly string[];
  readonly notGivenBack: readonly string[];
}

/** `whitebox recover`: gives back what killed runs left, each on the cloud that its state names. */
export async function recover(options: RecoverOptions): Promise<ExitCode> {
  const recovered: Recovered[] = [];
  const say = (text: string): void => {
    if (options.json !== true) process.stdout.write(`${text}\n`);
  };
  for (const { runId, started, directory } of await openRuns(stateRoot())) {
    const state = RunState.at(directory);
    const found = await state.describe();
    say(`Run ${runId} of ${started} left ${found.length === 0 ? 'nothing' : `${found.length}:`}`);
    for (const line of found) say(`  ${line}`);
    const notGivenBack = options.dryRun === true ? found : await giveBackRun(state, say);
    if (notGivenBack.length === 0 || (options.forget === true && options.dryRun !== true))
      await state.remove();
    recovered.push({ runId, started, found, notGivenBack });
  }
  const left = recovered.flatMap(({ notGivenBack }) => notGivenBack);
  if (options.json === true) process.stdout.write(`${JSON.stringify(recovered, undefined, 2)}\n`);
  else if (recovered.length === 0) say('No run has left anything.');
  else if (options.dryRun !== true)
    say(left.length === 0 ? 'Everything has been given back.' : `${left.length} could not be given back.`);
  return left.length > 0 && options.dryRun !== true ? ExitCode.NotGivenBack : ExitCode.Passed;
}
