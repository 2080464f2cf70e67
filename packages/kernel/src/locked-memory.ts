import type { Host, Limited } from '@whitebox/host';
import { readProcessFiles, type ProcessTarget } from './process-target.js';

/**
 * Memory of a process that the kernel may not page out, in KiB: `VmLck` of /proc/PID/status (proc_pid_status(5)).
 *
 * @throws KernelError `WB_KERNEL_NO_PROCESS`, `WB_KERNEL_UNREADABLE`; HostError
 */
export async function readLockedMemory(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<number> {
  const { files } = await readProcessFiles(host, 'read the locked memory', target, ['status'], limits);
  const status = files.get('status');
  const [, kib] = /^VmLck:\s*(\d+) kB$/m.exec(status) ?? [];
  if (kib === undefined) throw files.notUnderstood('status', status);
  return Number(kib);
}
