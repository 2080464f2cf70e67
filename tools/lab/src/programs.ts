import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Distribution } from './distribution.js';

/** Whether the machine has it where root looks for programs. */
export async function findProgram(name: string): Promise<boolean> {
  for (const folder of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const ok = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (ok) return true;
  }
  return false;
}

/** Packages with programs that the machine lacks. */
export async function missingTools(distribution: Distribution): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, pkg] of Object.entries(distribution.machineTools)) {
    if (!(await findProgram(program))) missing.add(pkg);
  }
  return [...missing];
}
