import { onEvery, sameOnAll, type CloudFacts, type ComputeFacts } from './cloud-facts.js';
import type { Finder, Finders } from './finder.js';

// Options whose values stand in the configuration that nova-compute has in force.

const TRUE = /^(?:true|1|on|yes)$/i;

function last(values: readonly string[]): string | undefined {
  return values.at(-1);
}

function text(section: string, option: string, older: readonly string[] = []): Finder<string> {
  return (facts) => sameOnAll(facts, (compute) => last(compute.inForce(section, option, older)));
}

function integer(section: string, option: string): Finder<number> {
  return async (facts) => {
    const value = await text(section, option)(facts);
    return value === undefined ? undefined : Number(value);
  };
}

function listOf(section: string, option: string): Finder<readonly string[]> {
  return async (facts) => {
    const value = await text(section, option)(facts);
    return value === undefined ? undefined : items(value);
  };
}

export function flag(section: string, option: string): Finder<boolean> {
  return (facts) => onEvery(facts, (compute) => TRUE.test(last(compute.inForce(section, option)) ?? ''));
}

function items(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `[libvirt] cpu_models` counts with cpu_mode custom only (nova/virt/libvirt/driver.py, _get_guest_cpu_model_config). */
async function cpuModel(facts: CloudFacts): Promise<string | undefined> {
  const models = await sameOnAll(facts, (compute) =>
    last(compute.inForce('libvirt', 'cpu_mode')) === 'custom'
      ? last(compute.inForce('libvirt', 'cpu_models', ['cpu_model']))
      : undefined,
  );
  return models === undefined ? undefined : items(models)[0];
}

/** `[libvirt] hw_machine_type` is a list of ARCHITECTURE=MACHINE. */
async function machineType(facts: CloudFacts): Promise<'pc' | 'q35' | undefined> {
  const machines = await listOf('libvirt', 'hw_machine_type')(facts);
  const machine = machines?.find((one) => one.startsWith('x86_64='))?.slice('x86_64='.length);
  if (machine === undefined) return undefined;
  return machine.includes('q35') ? 'q35' : 'pc';
}

/** oslo.log writes to files where one of these is set, and to the journal through standard error where none is. */
function writesFiles(compute: ComputeFacts): boolean {
  const options = [
    compute.inForce('DEFAULT', 'log_file', ['logfile']),
    compute.inForce('DEFAULT', 'log_dir', ['logdir']),
  ];
  return options.some((values) => last(values) !== undefined);
}

export const whiteboxFinders: Finders<'whitebox'> = {
  deployment: async (facts) => {
    const name = await sameOnAll(facts, ({ flavour }) => flavour);
    return name === 'described' ? undefined : name;
  },
  containers: (facts) => sameOnAll(facts, ({ containerRuntime }) => containerRuntime !== undefined),
  container_runtime: (facts) => sameOnAll(facts, ({ containerRuntime }) => containerRuntime),
  max_compute_nodes: ({ computes }) => computes.length,
  available_cinder_storage: (facts) => facts.freeStorageGb(),
  cpu_model: cpuModel,
  cpu_model_extra_flags: listOf('libvirt', 'cpu_model_extra_flags'),
  rx_queue_size: integer('libvirt', 'rx_queue_size'),
  max_disk_devices_to_attach: integer('compute', 'max_disk_devices_to_attach'),
  libvirt_hw_machine_type: machineType,
  provider_config_location: text('compute', 'provider_config_location'),
};

export const novaComputeFinders: Finders<'whitebox-nova-compute'> = {
  log_query_command: (facts) =>
    sameOnAll(facts, (compute) => (writesFiles(compute) ? 'zgrep' : 'journalctl')),
  journalctl_unit: (facts) => sameOnAll(facts, ({ unit }) => unit?.replace(/\.service$/, '')),
  state_path: text('DEFAULT', 'state_path'),
};
