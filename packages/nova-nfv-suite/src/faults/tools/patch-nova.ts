import { waitUntil } from '@whitebox/core';
import { run } from '@whitebox/host';
import type { CloudSession, Step } from '@whitebox/testkit';

export interface Patch {
  /** Below the Python package: "virt/hardware.py". */
  readonly file: string;
  /** Text that stands there once. */
  readonly find: string;
  readonly replace: string;
  /** Unit that runs the code, restarted on every host that has it. */
  readonly unit: string;
}

/** Nova's own code on the hosts of a lab, with a restart of who runs it; given back when the case ends. */
export function patchNova(patch: Patch): (step: Step, session: CloudSession) => Promise<void> {
  return async (step, session) => {
    for (const { machine } of session.computes) {
      if ((await machine.exec(['systemctl', 'is-active', '--quiet', patch.unit])).exitCode !== 0) continue;
      const folder = (await run(machine, ['python3', '-c', 'import nova; print(nova.__path__[0])'])).stdout;
      const path = `${folder.trim()}/${patch.file}`;
      const original = await machine.readFile(path);
      const [before, after, ...more] = Buffer.from(original).toString('utf8').split(patch.find);
      if (before === undefined || after === undefined || more.length > 0) {
        throw new Error(`${path} on ${machine.name} does not have the text to be replaced exactly once.`);
      }
      const write = async (bytes: Uint8Array): Promise<void> => {
        await machine.replaceFile(path, bytes);
        await run(machine, ['systemctl', 'restart', patch.unit]);
        await apiAnswers(session);
      };
      step.atEnd(`put ${patch.file} back on ${machine.name}`, () => write(original));
      await write(Buffer.from(before + patch.replace + after));
    }
  };
}

/** What was restarted may be nova-api, which takes seconds to listen again. */
async function apiAnswers(session: CloudSession): Promise<void> {
  await waitUntil(
    'the compute API to answer',
    async (signal) => {
      try {
        return { done: true, value: await session.openstack.compute.services.list({}, { signal }) };
      } catch (error) {
        return { done: false, seen: error instanceof Error ? error.message : String(error) };
      }
    },
    { timeoutMs: 60_000, intervalMs: 300 },
  );
}
