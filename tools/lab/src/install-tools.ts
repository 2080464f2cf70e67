import { writeFile } from 'node:fs/promises';
import { LabError } from './errors.js';
import { runAnyway } from './exec.js';

/** Programs of the machine that the lab runs. @throws LabError `WB_LAB_TOOLS` */
export async function installTools(packages: readonly string[], log: string): Promise<void> {
  // Somebody else's apt may be at work.
  const install = [
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=120',
    'install',
    '--yes',
    '--no-install-recommends',
    ...packages,
  ];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const first = await runAnyway(install, { env, timeoutMs: 300_000 });
  let text = first.stdout + first.stderr;
  let code = first.code;
  if (code !== 0) {
    // Package lists may be old, or missing on a fresh machine.
    text += (await runAnyway(['apt-get', 'update'], { env, timeoutMs: 300_000 })).stderr;
    const second = await runAnyway(install, { env, timeoutMs: 300_000 });
    text += second.stdout + second.stderr;
    code = second.code;
  }
  await writeFile(log, text);
  if (code !== 0) {
    throw new LabError('WB_LAB_TOOLS', `Cannot install ${packages.join(', ')}.`, {
      advice: `Install them by hand: apt-get install ${packages.join(' ')}`,
    });
  }
}
