import { CpuSet } from '@whitebox/core';
import { endpoints } from './cloud.js';
import type { CellFacts } from './host-facts.js';
import { controlHost, isCompute, type Host } from './lab-hosts.js';
import { controller, jumpOf, type FactsByHost, type OutputContext } from './output-context.js';
import { guestUser } from './rootfs.js';

/** For tempest with whitebox-tempest-plugin, and for Whitebox itself. */
export function tempestConf(
  context: OutputContext,
  facts: FactsByHost,
  images: readonly [string, string],
): string {
  const { paths, secrets, hosts, distribution, settings } = context;
  const computes = String(hosts.filter(({ roles }) => roles.includes('compute')).length);
  const { hardware, hugepageGuest } = hardwareOptions(hosts.filter(isCompute), facts);
  const jump = jumpOf(context);
  const volumes = settings.services.includes('volumes');
  const keys = settings.services.includes('keys');
  const sections: Record<string, Record<string, string>> = {
    auth: {
      admin_username: 'admin',
      admin_password: secrets.keystone.admin,
      admin_project_name: 'admin',
      admin_domain_name: 'Default',
      use_dynamic_credentials: 'true',
      // No routers in the lab: all projects use the shared network.
      create_isolated_networks: 'false',
    },
    identity: { auth_version: 'v3', uri_v3: endpoints(controller(context)).keystone, region: 'RegionOne' },
    compute: {
      image_ref: images[0],
      image_ref_alt: images[1],
      fixed_network_name: 'private',
      min_compute_nodes: computes,
      max_microversion: '2.93',
      build_timeout: '120',
    },
    'compute-feature-enabled': {
      live_migration: 'true',
      live_migrate_back_and_forth: 'true',
      block_migration_for_live_migration: 'true',
      cold_migration: 'true',
      resize: 'true',
      vnc_console: 'false',
      volume_backed_live_migration: String(volumes),
      attach_encrypted_volume: String(volumes && keys),
      vtpm_device_supported: String(keys),
      uefi_boot: 'true',
      uefi_secure_boot: 'true',
    },
    'network-feature-enabled': { floating_ips: 'false' },
    service_available: {
      cinder: String(volumes),
      barbican: String(keys),
      neutron: 'true',
      nova: 'true',
      glance: 'true',
      swift: 'false',
      horizon: 'false',
    },
    ...(volumes
      ? {
          volume: { catalog_type: 'volumev3', volume_size: '1', build_timeout: '120' },
          'volume-feature-enabled': { backup: 'false', snapshot: 'false', manage_volume: 'false' },
        }
      : {}),
    validation: {
      run_validation: 'false',
      image_ssh_user: guestUser,
      network_for_ssh: 'provider',
    },
    whitebox: {
      nodes_yaml: paths.nodesYaml,
      ctlplane_ssh_username: distribution.operator.name,
      ctlplane_ssh_private_key_path: paths.operatorKey,
      ssh_known_hosts_path: paths.knownHosts,
      ...(jump === undefined ? {} : { ssh_jump: jump }),
      ctlplane_addresses: hosts
        .filter(isCompute)
        .map(({ name, address }) => `${name}:${address}`)
        .join(','),
      flavor_ram_size: '128',
      max_compute_nodes: computes,
      ...hugepageGuest,
    },
    ...(hosts.some(({ deployment }) => deployment !== undefined)
      ? {}
      : { 'whitebox-nova-compute': { log_query_command: 'journalctl', journalctl_unit: 'nova-compute' } }),
    'whitebox-database': {
      // Through SSH to the controller, as where the database is in a network of its own.
      host: controlHost(hosts).address,
      internal_ip: controlHost(hosts).address,
      user: 'whitebox',
      password: secrets.database.whitebox,
      nova_cell1_db_name: 'nova_cell1',
    },
    'whitebox-hardware': hardware,
  };
  const text = Object.entries(sections).map(([section, options]) =>
    [`[${section}]`, ...Object.entries(options).map(([name, value]) => `${name} = ${value}`), ''].join('\n'),
  );
  return [`# Of the lab in ${settings.directory}.`, ...text].join('\n');
}

/** The predecessor knows one topology for all hosts: that of the first; counts hold in each cell of every host. */
function hardwareOptions(hosts: readonly Host[], facts: FactsByHost) {
  const cells = hosts.map(({ name }) => facts.get(name)?.cells ?? []);
  const [first = []] = cells;
  const least = (kind: keyof Host['cpuSets']) =>
    Math.min(
      ...hosts.flatMap(({ cpuSets }, index) =>
        (cells[index] ?? []).map(({ cores }) => CpuSet.parse(cpuSets[kind]).intersection(cores.flat()).size),
      ),
    );
  const smt = hosts.filter((_host, index) => cells[index]?.some(({ cores }) => cores.some(isShared)));
  const sizes = (first[0]?.hugepages ?? [])
    .map(({ sizeKib }) => sizeKib)
    .filter((size) => cells.flat().every((cell) => (poolOf(cell, size)?.total ?? 0) > 0));
  const dedicated = least('dedicated');
  const sockets = [...new Set(first.map(({ socket }) => socket))];
  const hardware = {
    cpu_topology: dict(first.map(({ id, cores }) => [id, CpuSet.from(cores.flat()).ids])),
    socket_topology: dict(
      sockets.map((socket) => [socket, first.filter((cell) => cell.socket === socket).map(({ id }) => id)]),
    ),
    ...(smt.length === 0 ? {} : { smt_hosts: smt.map(({ name }) => name).join(',') }),
    ...(sizes.length === 0 ? {} : { configured_hugepage_sizes: sizes.join(',') }),
    dedicated_cpus_per_numa: String(dedicated),
    shared_cpus_per_numa: String(least('shared')),
    // The guest has one vCPU more than are realtime.
    ...(dedicated < 2 ? {} : { realtime_mask: dedicated === 2 ? '1' : '1-2' }),
  };
  const largest = Math.max(0, ...sizes);
  const hugepageGuest: Record<string, string> =
    sizes.length === 0 ? {} : { hugepage_guest_ram_size: String(largest / 1024) };
  return { hardware, hugepageGuest };
}

const isShared = (core: readonly number[]) => core.length > 1;

const poolOf = ({ hugepages }: CellFacts, size: number) => hugepages.find(({ sizeKib }) => sizeKib === size);

/** A dictionary of lists, as oslo.config reads it. */
function dict(entries: readonly (readonly [number, readonly number[]])[]): string {
  return entries.map(([key, values]) => `${key}: [${values.join(',')}]`).join(', ');
}
