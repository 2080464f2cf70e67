import { loadConfig } from '@whitebox/config';
import { CpuSet } from '@whitebox/core';
import type { PciDeviceRow } from '@whitebox/db';
import type { CpuTopology } from '@whitebox/kernel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Release } from '../release.js';
import type { CloudFacts, ComputeFacts } from './cloud-facts.js';
import { finders, OptionFinder, showValue } from './option-finder.js';

interface Told {
  /** CPU -> [socket, NUMA node, siblings]. */
  readonly cpus?: Readonly<Record<number, readonly [socket: number, node: number, siblings?: string]>>;
  readonly options?: Readonly<Record<string, string | readonly string[]>>;
  readonly traits?: readonly string[];
  readonly hugepages?: Readonly<Record<number, number>>;
  readonly more?: Partial<ComputeFacts>;
}

const oneNode = { 0: [0, 0], 1: [0, 0], 2: [0, 0], 3: [0, 0] } as const;

function compute(
  name: string,
  { cpus = oneNode, options = {}, traits = [], hugepages = {}, more }: Told = {},
): ComputeFacts {
  const topology = {
    cpus: new Map(
      Object.entries(cpus).map(([id, [socket, numaNode, siblings = id]]) => [
        Number(id),
        { id: Number(id), socket, numaNode, siblings: CpuSet.parse(siblings) },
      ]),
    ),
  } as unknown as CpuTopology;
  const pools = Object.entries(hugepages).map(
    ([size, total]) => [Number(size), { total, free: total, surplus: 0 }] as const,
  );
  return {
    name,
    dedicated: CpuSet.parse('0-1'),
    shared: CpuSet.parse('2-3'),
    flavour: 'debian',
    unit: 'nova-compute.service',
    containerRuntime: undefined,
    inForce: (section, option) => [options[`${section}.${option}`] ?? []].flat(),
    topology: () => Promise.resolve(topology),
    numaCells: () =>
      Promise.resolve([
        {
          id: 0,
          cpus: CpuSet.empty,
          memoryKib: 1,
          freeKib: 1,
          hugepages: new Map(pools),
          distances: new Map(),
        },
      ]),
    firmware: () => Promise.resolve(['efi']),
    traits: () => Promise.resolve(traits),
    ...more,
  };
}

function cloud(computes: readonly ComputeFacts[], more: Partial<CloudFacts> = {}): CloudFacts {
  return {
    computes,
    release: new Release([26], 'zed'),
    maxMicroversion: '2.93',
    database: { address: 'db', user: 'nova', password: undefined },
    cellDatabaseName: () => Promise.resolve('nova_cell1'),
    pciDevices: () => Promise.resolve([]),
    computeNodes: () => Promise.resolve([]),
    images: () => Promise.resolve(['one']),
    hasService: (type) => Promise.resolve(type !== 'block-storage'),
    inCatalogue: () => Promise.resolve(false),
    freeStorageGb: () => Promise.resolve(undefined),
    schedulerFilters: () => Promise.resolve([]),
    ...more,
  };
}

const find = async (name: string, facts: CloudFacts): Promise<string> =>
  showValue(await Promise.resolve(facts).then((given) => finders.get(name)?.(given)));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finders-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function configOf(text = '') {
  const tempestConf = join(folder, 'tempest.conf');
  await writeFile(tempestConf, text);
  return loadConfig({ tempestConf });
}

describe('what the reference calls discovered', () => {
  it('has a finder, and nothing else has', async () => {
    const declared = (await configOf())
      .settings()
      .filter(({ origin }) => origin.kind === 'discovery')
      .map(({ group, key }) => `[${group}] ${key}`);
    expect([...finders.keys()].sort()).toEqual(declared.sort());
  });
});

describe('options of nova-compute in force', () => {
  const both = (options: Told['options']) => cloud([compute('a', { options }), compute('b', { options })]);

  it.each([
    ['[whitebox] rx_queue_size', { 'libvirt.rx_queue_size': '1024' }, '1024'],
    ['[whitebox] rx_queue_size', {}, ''],
    ['[whitebox] max_disk_devices_to_attach', { 'compute.max_disk_devices_to_attach': '-1' }, '-1'],
    [
      '[whitebox] cpu_model',
      { 'libvirt.cpu_mode': 'custom', 'libvirt.cpu_models': 'Nehalem, Haswell' },
      'Nehalem',
    ],
    ['[whitebox] cpu_model', { 'libvirt.cpu_mode': 'host-model', 'libvirt.cpu_models': 'Nehalem' }, ''],
    ['[whitebox] cpu_model_extra_flags', { 'libvirt.cpu_model_extra_flags': 'vme, +pcid' }, 'vme,+pcid'],
    [
      '[whitebox] libvirt_hw_machine_type',
      { 'libvirt.hw_machine_type': 'aarch64=virt,x86_64=pc-q35-7.2' },
      'q35',
    ],
    ['[whitebox] libvirt_hw_machine_type', { 'libvirt.hw_machine_type': 'x86_64=pc-i440fx-7.2' }, 'pc'],
    ['[whitebox] libvirt_hw_machine_type', { 'libvirt.hw_machine_type': 'aarch64=virt' }, ''],
    ['[whitebox-nova-compute] state_path', { 'DEFAULT.state_path': '/srv/nova' }, '/srv/nova'],
    ['[whitebox-nova-compute] log_query_command', { 'DEFAULT.log_dir': '/var/log/nova' }, 'zgrep'],
    ['[whitebox-nova-compute] log_query_command', {}, 'journalctl'],
    ['[whitebox-nova-compute] journalctl_unit', {}, 'nova-compute'],
    ['[compute-feature-enabled] rbd_download', { 'glance.enable_rbd_download': 'True' }, 'true'],
    ['[compute-feature-enabled] cpu_power_management', {}, 'false'],
    [
      '[whitebox-hardware] pci_passthrough_alias',
      { 'pci.alias': ['{"name": "a1"}', '[{"name": "a1"}]'] },
      'a1',
    ],
    [
      '[whitebox-hardware] pci_passthrough_resource_class',
      { 'pci.device_spec': '{"address": "1", "resource_class": "CUSTOM_X"}' },
      'CUSTOM_X',
    ],
  ] satisfies [string, Told['options'], string][])('%s of %j is "%s"', async (name, options, expected) => {
    expect(await find(name, both(options))).toBe(expected);
  });

  it('are not guessed where the computes differ', async () => {
    const facts = cloud([
      compute('a', { options: { 'libvirt.rx_queue_size': '512' } }),
      compute('b', { options: { 'libvirt.rx_queue_size': '1024' } }),
    ]);
    await expect(find('[whitebox] rx_queue_size', facts)).rejects.toThrow(
      'the computes differ: a: 512; b: 1024',
    );
  });

  it('count only where every compute has them', async () => {
    const facts = cloud([compute('a', { options: { 'glance.enable_rbd_download': 'true' } }), compute('b')]);
    expect(await find('[compute-feature-enabled] rbd_download', facts)).toBe('false');
  });
});

describe('what the hardware tells', () => {
  const twoSockets = { 0: [0, 0, '0,2'], 1: [1, 1, '1,3'], 2: [0, 0, '0,2'], 3: [1, 1, '1,3'] } as const;
  const numa = cloud([
    compute('a', {
      cpus: twoSockets,
      hugepages: { 2048: 4, 1048576: 1 },
      more: { dedicated: CpuSet.parse('0,2-3'), shared: CpuSet.empty },
    }),
    compute('b', { cpus: twoSockets, hugepages: { 2048: 4, 1048576: 0 } }),
  ]);

  it.each([
    ['cpu_topology', '0: [0,2], 1: [1,3]'],
    ['socket_topology', '0: [0], 1: [1]'],
    ['smt_hosts', 'a,b'],
    ['configured_hugepage_sizes', '2048'],
    ['dedicated_cpus_per_numa', '1'],
    ['shared_cpus_per_numa', '1'],
  ])('%s is "%s"', async (key, expected) => {
    expect(await find(`[whitebox-hardware] ${key}`, numa)).toBe(expected);
  });

  it('is 0 CPUs where no compute has such a set', async () => {
    const facts = cloud([compute('a', { more: { dedicated: CpuSet.empty } })]);
    expect(await find('[whitebox-hardware] dedicated_cpus_per_numa', facts)).toBe('0');
    expect(await find('[whitebox-hardware] smt_hosts', facts)).toBe('');
  });

  const pool = (
    type: string,
    productId: string,
    numaNode: number | null,
    network: string | null = 'sriovnet',
  ) => ({
    vendorId: '8086',
    productId,
    numaNode,
    count: 1,
    tags: { dev_type: type, physical_network: network },
  });

  it('finds the network cards for ports among the pools of Nova', async () => {
    const pciPools = [
      pool('type-VF', '154c', 1),
      pool('type-PF', '1572', 1),
      pool('type-PCI', '0b4f', 0, null),
    ];
    const facts = cloud(numa.computes, { computeNodes: () => Promise.resolve([{ pciPools }]) });
    const values = Object.fromEntries(
      await Promise.all(
        [
          'sriov_nic_vendor_id',
          'sriov_vf_product_id',
          'sriov_pf_product_id',
          'sriov_physnet',
          'physnet_numa_affinity',
          'socket_affinity',
        ].map(async (key) => [key, await find(`[whitebox-hardware] ${key}`, facts)] as const),
      ),
    );
    expect(values).toEqual({
      sriov_nic_vendor_id: '8086',
      sriov_vf_product_id: '154c',
      sriov_pf_product_id: '1572',
      sriov_physnet: 'sriovnet',
      physnet_numa_affinity: '1',
      socket_affinity: '1',
    });
  });

  it('does not choose between two kinds of them', async () => {
    const pciPools = [pool('type-VF', '154c', 1), pool('type-VF', '10ed', 1)];
    const facts = cloud(numa.computes, { computeNodes: () => Promise.resolve([{ pciPools }]) });
    await expect(find('[whitebox-hardware] sriov_vf_product_id', facts)).rejects.toThrow('154c, 10ed');
  });

  it('finds the devices for passthrough', async () => {
    const device = (type: string, address: string) => ({ type, address }) as PciDeviceRow;
    const pciDevices = () =>
      Promise.resolve([device('type-PCI', '0000:81:00.0'), device('type-VF', '0000:01:00.1')]);
    expect(await find('[whitebox-hardware] pci_passthrough_addresses', cloud([], { pciDevices }))).toBe(
      '0000:81:00.0',
    );
    expect(await find('[whitebox-hardware] pci_passthrough_addresses', cloud([]))).toBe('');
  });
});

describe('what the cloud tells', () => {
  const bochs = compute('a', { traits: ['COMPUTE_GRAPHICS_MODEL_BOCHS', 'COMPUTE_SECURITY_TPM_2_0'] });

  it.each([
    ['[compute-feature-enabled] bochs_display_support', cloud([bochs]), 'true'],
    ['[compute-feature-enabled] bochs_display_support', cloud([bochs, compute('b')]), 'false'],
    ['[compute-feature-enabled] vtpm_device_supported', cloud([bochs]), 'false'],
    [
      '[compute-feature-enabled] vtpm_device_supported',
      cloud([bochs], { inCatalogue: (type) => Promise.resolve(type === 'key-manager') }),
      'true',
    ],
    ['[compute-feature-enabled] uefi_boot', cloud([bochs]), 'true'],
    ['[compute-feature-enabled] stable_compute_uuid_supported', cloud([bochs]), 'false'],
    ['[compute-feature-enabled] vdpa_cold_migration_supported', cloud([bochs]), 'true'],
    ['[compute-feature-enabled] iothreads', cloud([bochs], { release: new Release([33], '2026.1') }), 'true'],
    ['[compute-feature-enabled] resize', cloud([bochs]), 'false'],
    ['[compute-feature-enabled] resize', cloud([bochs, bochs]), 'true'],
    [
      '[compute-feature-enabled] scheduler_enabled_filters',
      cloud([bochs], { schedulerFilters: () => Promise.resolve(['A', 'B']) }),
      'A,B',
    ],
    ['[service_available] cinder', cloud([bochs]), 'false'],
    ['[service_available] neutron', cloud([bochs]), 'true'],
    ['[compute] image_ref', cloud([bochs]), 'one'],
    ['[compute] min_compute_nodes', cloud([bochs, bochs]), '2'],
    ['[whitebox] max_compute_nodes', cloud([bochs, bochs]), '2'],
    ['[compute] max_microversion', cloud([bochs]), '2.93'],
    ['[whitebox-database] user', cloud([bochs]), 'nova'],
    ['[whitebox-database] nova_cell1_db_name', cloud([bochs]), 'nova_cell1'],
    ['[whitebox] available_cinder_storage', cloud([bochs], { freeStorageGb: () => Promise.resolve(7) }), '7'],
    ['[whitebox] containers', cloud([bochs]), 'false'],
    [
      '[whitebox] container_runtime',
      cloud([compute('a', { more: { containerRuntime: 'podman' } })]),
      'podman',
    ],
  ])('%s', async (name, facts, expected) => {
    expect(await find(name, facts)).toBe(expected);
  });
});

describe('OptionFinder', () => {
  it('takes what is said, and tells what is found instead', async () => {
    const config = await configOf(
      '[whitebox-hardware]\ncpu_topology = 0: [0,1]\n[whitebox]\nflavor_ram_size = 1\n',
    );
    const options = new OptionFinder(config, cloud([compute('a')]));
    expect(showValue(await options.get('whitebox-hardware', 'cpu_topology'))).toBe('0: [0,1]');
    const all = await options.all();
    expect(all.find(({ key }) => key === 'cpu_topology')).toMatchObject({
      kind: 'said',
      origin: `${join(folder, 'tempest.conf')}:2`,
      note: 'found is 0: [0,1,2,3]',
    });
    expect(all.find(({ key }) => key === 'flavor_ram_size')).toMatchObject({ kind: 'said', note: undefined });
  });

  it('finds what nobody says, each once and only when it is asked for', async () => {
    let reads = 0;
    const counted = compute('a', {
      more: {
        traits: () => {
          reads += 1;
          return Promise.resolve(['COMPUTE_GRAPHICS_MODEL_BOCHS']);
        },
      },
    });
    const options = new OptionFinder(await configOf(), cloud([counted]));
    expect(await options.get('whitebox', 'max_compute_nodes')).toBe(1);
    expect(reads).toBe(0);
    expect(await options.get('compute-feature-enabled', 'bochs_display_support')).toBe(true);
    expect(await options.get('compute-feature-enabled', 'bochs_display_support')).toBe(true);
    expect(reads).toBe(1);
  });

  it('falls back to the default of the predecessor, and says why', async () => {
    const differing = ['512', '1024'].map((size, index) =>
      compute(`c${index}`, {
        options: { 'libvirt.rx_queue_size': size, 'libvirt.hw_machine_type': `x86_64=${size}` },
      }),
    );
    const options = new OptionFinder(await configOf(), cloud(differing));
    expect(await options.get('whitebox', 'libvirt_hw_machine_type')).toBe('pc');
    expect(await options.get('whitebox', 'rx_queue_size')).toBeUndefined();
    const all = await options.all();
    expect(all.find(({ key }) => key === 'rx_queue_size')).toMatchObject({
      kind: 'unset',
      note: 'the computes differ: c0: 512; c1: 1024',
    });
  });
});
