import { changeOptions, MemoryJournal, type OptionChange } from '@whitebox/services';
import type { CloudSession, ComputeHost, Step } from '@whitebox/testkit';

/** Options of nova-compute on every compute, with a restart; given back when the case ends. */
export async function changeComputes(
  step: Step,
  session: CloudSession,
  changesOf: (compute: ComputeHost) => readonly OptionChange[],
): Promise<void> {
  const change = await changeOptions(
    session.computes.map((compute) => ({
      service: compute.novaCompute,
      ready: session.serves(compute.name),
      changes: changesOf(compute),
    })),
    { journal: new MemoryJournal() },
  );
  step.atEnd('give back the configuration of the computes', () => change.giveBack());
}
