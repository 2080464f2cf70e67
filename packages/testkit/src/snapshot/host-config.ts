import { CpuSet } from '@whitebox/core';
import type { HostConfig } from '@whitebox/invariants';
import type { ComputeHost } from '../compute-host.js';

/** What the nova-compute of a host has in force, as it was read last, with the defaults of nova/conf; undefined: it was never read. */
export function hostConfig({ lastConfig: config }: Pick<ComputeHost, 'lastConfig'>): HostConfig | undefined {
  if (config === undefined) return undefined;
  const text = (section: string, option: string): string | undefined =>
    config.effective(section, option)?.value;
  const number = (section: string, option: string, fallback: number): number => {
    const value = Number(text(section, option) ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  };
  const cpus = (option: string): CpuSet | undefined => {
    const value = text('compute', option)?.trim();
    return value === undefined || value === '' ? undefined : CpuSet.parse(value, 'nova');
  };
  const interval = number('DEFAULT', 'update_resources_interval', 0);
  const sync = number('DEFAULT', 'sync_power_state_interval', 600);
  return {
    startedAt: config.startedAt,
    sharedSet: cpus('cpu_shared_set'),
    dedicatedSet: cpus('cpu_dedicated_set'),
    cpuPowerManagement: /^(1|true|on|yes)$/i.test(text('libvirt', 'cpu_power_management') ?? ''),
    cpuPowerStrategy: text('libvirt', 'cpu_power_management_strategy') ?? 'cpu_state',
    governorLow: text('libvirt', 'cpu_power_governor_low') ?? 'powersave',
    governorHigh: text('libvirt', 'cpu_power_governor_high') ?? 'performance',
    realtimePriority: number('libvirt', 'realtime_scheduler_priority', 1),
    fileBackedMemoryMib: number('libvirt', 'file_backed_memory', 0),
    reservedHostMemoryMib: number('DEFAULT', 'reserved_host_memory_mb', 512),
    // 0 is the periodic task's own default.
    updateResourcesIntervalS: interval > 0 ? interval : 60,
    syncPowerStateIntervalS: sync < 0 ? undefined : sync || 60,
  };
}
