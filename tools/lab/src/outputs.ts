import { CpuSet } from '@whitebox/core';
import { endpoints } from './cloud.js';
import { descriptionFormat, type LabDescription } from './description.js';
import type { Distribution } from './distribution.js';
import type { CellFacts, HostFacts } from './host-facts.js';
import { formatSubnet } from './ipv4.js';
import type { LabPaths } from './names.js';
import { guestUser } from './rootfs.js';
import type { LabSecrets } from './secrets.js';
import { volumeTypesFor } from './seed-volumes.js';
import { imageNames, privateSubnet } from './seed.js';
import type { LabSettings } from './settings.js';
import { apiAddress, controlHost, isCompute, undercloudName, type Host } from './lab-hosts.js';

// The files that a lab gives its users. All pure.

export type FactsByHost = ReadonlyMap<string, HostFacts>;

const cloudName = 'whitebox-lab';

export interface OutputContext {
  readonly settings: LabSettings;
  readonly paths: LabPaths;
  readonly distribution: Distribution;
  readonly hosts: readonly Host[];
  readonly secrets: LabSecrets;
}

function controller(context: OutputContext): string {
  return apiAddress(context.hosts);
}

export function openrc(context: OutputContext): string {
  const variables = {
    OS_AUTH_URL: endpoints(controller(context)).keystone,
    OS_USERNAME: 'admin',
    OS_PASSWORD: context.secrets.keystone.admin,
    OS_PROJECT_NAME: 'admin',
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_REGION_NAME: 'RegionOne',
    OS_IDENTITY_API_VERSION: '3',
    OS_IMAGE_API_VERSION: '2',
    OS_COMPUTE_API_VERSION: '2.92',
    OS_PLACEMENT_API_VERSION: '1.39',
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');
}

export function cloudsYaml(context: OutputContext): string {
  const { secrets } = context;
  const entry = (name: string, user: string, password: string, project: string) =>
    [
      `  ${name}:`,
      '    auth:',
      `      auth_url: ${endpoints(controller(context)).keystone}`,
      `      username: ${user}`,
      `      password: "${password}"`,
      `      project_name: ${project}`,
      '      user_domain_id: default',
      '      project_domain_id: default',
      '    region_name: RegionOne',
      '    identity_api_version: 3',
      '',
    ].join('\n');
  return (
    'clouds:\n' +
    entry(cloudName, 'admin', secrets.keystone.admin, 'admin') +
    entry(`${cloudName}-demo`, 'demo', secrets.keystone.demo, 'demo')
  );
}

export function sshConfig(context: OutputContext): string {
  return context.hosts
    .map(({ name, address, inside }) =>
      [
        `Host ${name}`,
        `  HostName ${address}`,
        `  User ${context.distribution.operator.name}`,
        `  IdentityFile ${context.paths.operatorKey}`,
        '  IdentitiesOnly yes',
        `  UserKnownHostsFile ${context.paths.knownHosts}`,
        '  StrictHostKeyChecking yes',
        ...(inside === true ? [`  ProxyJump ${undercloudName}`] : []),
        '',
      ].join('\n'),
    )
    .join('');
}

/** The way to the hosts, as ProxyJump has it; undefined where there is nothing in between. */
function jumpOf({ hosts, distribution }: OutputContext): string | undefined {
  const undercloud = hosts.find(({ name }) => name === undercloudName);
  return undercloud === undefined ? undefined : `${distribution.operator.name}@${undercloud.address}`;
}

/** In the format of whitebox-tempest-plugin's nodes.yaml. */
export function nodesYaml(context: OutputContext, facts: FactsByHost): string {
  const lines = context.hosts
    .filter(({ roles }) => roles.includes('compute'))
    .flatMap(({ name, cpuSets, deployment }) => [
      `${name}:`,
      // Of other deployments the services are left to be found.
      ...(deployment === undefined ? packagedServices : []),
      ...Object.entries(cpuSets).flatMap(([kind, cpus]) =>
        cpus === '' ? [] : [`  cpu_${kind}_set: ${quoted(cpus)}`],
      ),
      ...topologyYaml(facts.get(name)?.cells ?? []),
    ]);
  return `${lines.join('\n')}\n`;
}

const packagedServices = [
  '  services:',
  '    libvirt:',
  '      start_command: systemctl start libvirtd',
  '      stop_command: systemctl stop libvirtd',
  '      mask_command: systemctl mask libvirtd',
  '      unmask_command: systemctl unmask libvirtd',
  '    nova-compute:',
  '      config_path: /etc/nova/nova.conf',
  '      start_command: systemctl start nova-compute',
  '      stop_command: systemctl stop nova-compute',
];

function topologyYaml(cells: readonly CellFacts[]): string[] {
  const sockets = [...new Set(cells.map(({ socket }) => socket))].sort((a, b) => a - b);
  return [
    '  topology:',
    ...sockets.flatMap((socket) => [
      `    socket-${socket}:`,
      ...cells
        .filter((cell) => cell.socket === socket)
        .flatMap(({ id, cores }) => [
          `      numa-${id}:`,
          `        cpus: ${quoted(CpuSet.from(cores.flat()).toString())}`,
        ]),
    ]),
  ];
}

/** A lone number would be read as one. */
function quoted(cpus: string): string {
  return /^\d+$/.test(cpus) ? `"${cpus}"` : cpus;
}

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

export function describeLab(context: OutputContext, facts: FactsByHost): LabDescription {
  const { settings, paths, hosts, distribution } = context;
  const database = { address: controlHost(hosts).address, port: 3306 };
  return {
    format: descriptionFormat,
    directory: settings.directory,
    name: settings.name,
    profile: settings.profile,
    deployment: hosts[0]?.deployment ?? 'packages',
    hosts: hosts.map(({ name, address, roles, cpuSets, topology }) => ({
      name,
      address,
      roles,
      dedicatedCpus: cpuSets.dedicated,
      sharedCpus: cpuSets.shared,
      emulated: topology !== undefined,
      cells: (facts.get(name)?.cells ?? []).map(({ id, socket, memoryMib, hugepages, cores }) => ({
        id,
        socket,
        memoryMib,
        cores,
        hugepages: hugepages.map(({ sizeKib, total }) => ({ sizeKib, total })),
      })),
    })),
    apiAddress: controller(context),
    ssh: {
      jump: jumpOf(context),
      user: distribution.operator.name,
      identityFile: paths.operatorKey,
      knownHostsFile: paths.knownHosts,
      configFile: paths.sshConfig,
    },
    database: { ...database, user: 'whitebox', passwordFile: paths.databasePassword },
    databaseAdmin: { ...database, user: 'root', passwordFile: paths.databaseAdminPassword },
    cloud: cloudName,
    guest: { user: guestUser, identityFile: paths.guestKey },
    services: settings.services,
    volumeTypes: volumeTypesFor(settings.services),
    images: imageNames,
    networks: { private: privateSubnet, provider: formatSubnet(settings.providerSubnet) },
    files: {
      openrc: paths.openrc,
      cloudsYaml: paths.cloudsYaml,
      tempestConf: paths.tempestConf,
      nodesYaml: paths.nodesYaml,
    },
  };
}

/** What a shell takes with `eval`. */
export function environmentOf(lab: LabDescription): Record<string, string> {
  return {
    WHITEBOX_LAB_DIR: lab.directory,
    OS_CLIENT_CONFIG_FILE: lab.files.cloudsYaml,
    OS_CLOUD: lab.cloud,
    OPENRC: lab.files.openrc,
    TEMPEST_CONF: lab.files.tempestConf,
    NODES_YAML: lab.files.nodesYaml,
    LAB_SSH_CONFIG: lab.ssh.configFile,
  };
}
