import type { CloudSession, ComputeHost, Step } from '@whitebox/testkit';

/** Placement: a host has the trait that the step names; taken away when the case ends, and deleted where nobody else has it. */
export async function giveTrait(
  step: Step,
  session: CloudSession,
  { name }: ComputeHost,
  pattern: RegExp,
): Promise<void> {
  const [, trait] = pattern.exec(step.text) ?? [];
  if (trait === undefined) throw new Error(`The step "${step.text}" names no trait.`);
  const { placement } = session.openstack;
  const known = (await placement.knownTraits(trait)).length > 0;
  const change = async (edit: (traits: readonly string[]) => readonly string[]): Promise<void> => {
    const [provider] = await placement.providers({ name });
    if (provider === undefined) throw new Error(`Placement has no provider ${name}.`);
    await placement.setTraits(provider, edit(await placement.traits(provider.id)));
  };
  await placement.createTrait(trait);
  step.atEnd('take the trait away', async () => {
    await change((traits) => traits.filter((one) => one !== trait));
    if (!known) await placement.deleteTrait(trait);
  });
  await change((traits) => [...traits, trait]);
}
