import type { Host, Limited } from '@whitebox/host';
import { readProcessFiles, type ProcessReading, type ProcessTarget } from './process-target.js';
import { parseProcStat, type ProcStat } from './proc-stat.js';

/**
 * A process at one moment. Two readings with the same pid and startTicks are of the same process.
 *
 * A guest that reboots itself keeps its QEMU process. Both reboots of Nova give it a new one: the soft one lets the
 * guest shut down and starts the domain again (_soft_reboot, nova/virt/libvirt/driver.py). What tells these two apart
 * is the domain XML, which only a hard reboot makes anew: the creationTime in Nova's metadata.
 */
export interface ProcessInfo {
  readonly pid: number;
  /** At most 15 characters. */
  readonly name: string;
  /** R, S, D, Z, ... */
  readonly state: string;
  /** Clock ticks (1/100 s) from the boot of the machine to the start of the process. */
  readonly startTicks: number;
  readonly commandLine: readonly string[];
}

/**
 * @throws KernelError `WB_KERNEL_NO_PROCESS`; HostError
 */
export async function readProcess(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<ProcessInfo> {
  return processInfoOf(await readProcessFiles(host, 'read the process', target, [], limits));
}

export function processInfoOf(reading: ProcessReading): ProcessInfo {
  const { name, state, startTicks } = statOf(reading);
  return { pid: reading.pid, name, state, startTicks, commandLine: reading.commandLine };
}

function statOf({ files }: ProcessReading): ProcStat {
  const text = files.get('stat');
  const stat = parseProcStat(text);
  if (stat === undefined) throw files.notUnderstood('stat', text);
  return stat;
}
