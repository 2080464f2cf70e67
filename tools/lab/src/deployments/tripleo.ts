import { join } from 'node:path';
import { deploymentsDirectory, readTree } from '../files.js';
import type { HostFile } from '../host-files.js';
import type { HostShape } from './host-shape.js';
import { withOptions } from './nova-conf.js';

// A host as TripleO leaves it: Nova and libvirt in containers of podman that systemd starts and stops, with configuration that
// puppet has generated on the host and that is copied into a container when it starts (tripleo-heat-templates,
// deployment/nova/nova-compute-container-puppet.yaml; tripleo-ansible, roles/tripleo_container_manage). libvirt is one
// daemon, as in OSP 16. Hosts are reached through the undercloud alone.

const programs = await readTree(join(deploymentsDirectory, 'tripleo'));
const generated = '/var/lib/config-data/puppet-generated';

interface Container {
  readonly name: string;
  readonly volume: 'nova' | 'nova_libvirt';
  readonly command: string;
  readonly user: string;
  readonly control: boolean;
  /** Units that are started before it. */
  readonly after?: readonly string[];
}

const containers: readonly Container[] = [
  {
    name: 'nova_virtlogd',
    volume: 'nova_libvirt',
    command: '/usr/sbin/virtlogd',
    user: 'root',
    control: false,
  },
  {
    name: 'nova_libvirt',
    volume: 'nova_libvirt',
    command: '/usr/sbin/libvirtd --listen',
    user: 'root',
    control: false,
    after: ['tripleo_nova_virtlogd.service'],
  },
  {
    name: 'nova_compute',
    volume: 'nova_libvirt',
    command: '/usr/bin/nova-compute',
    user: 'nova',
    control: false,
    after: ['tripleo_nova_libvirt.service'],
  },
  {
    name: 'nova_api',
    volume: 'nova',
    // A web server runs it there, and uWSGI in Debian.
    command: '/usr/bin/uwsgi_python3 --http-socket :8774 --ini /etc/nova/nova-api-uwsgi.ini',
    user: 'nova',
    control: true,
  },
  { name: 'nova_conductor', volume: 'nova', command: '/usr/bin/nova-conductor', user: 'nova', control: true },
  { name: 'nova_scheduler', volume: 'nova', command: '/usr/bin/nova-scheduler', user: 'nova', control: true },
];

const root = { owner: 'root', group: 'root', mode: 0o644 } as const;
const program = (path: string, content: string): HostFile => ({ ...root, path, content, mode: 0o755 });

/** As templates/systemd-service.j2 of the role tripleo_container_manage. */
function unitFile({ name, after = [] }: Container): HostFile {
  const order = ['lab-containers.service', ...after].join(' ');
  return {
    ...root,
    path: `/etc/systemd/system/tripleo_${name}.service`,
    content: [
      '[Unit]',
      `Description=${name} container`,
      `After=${order}`,
      `Wants=${order}`,
      '',
      '[Service]',
      'Restart=always',
      `ExecStart=/usr/bin/podman start ${name}`,
      `ExecStop=/usr/bin/podman stop -t 42 ${name}`,
      'KillMode=none',
      'Type=forking',
      `PIDFile=/run/${name}.pid`,
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  };
}

/** As TripleO's docker_config and kolla_config have it. */
function kollaFile({ name, command }: Container): HostFile {
  const copied = [
    {
      source: '/var/lib/kolla/config_files/src/*',
      dest: '/',
      merge: true,
      preserve_properties: true,
    },
  ];
  const content = `${JSON.stringify({ command, config_files: copied }, undefined, 2)}\n`;
  return { ...root, path: `/var/lib/kolla/config_files/${name}.json`, content };
}

const engine = [
  ...['[containers]', 'cgroups = "disabled"', 'log_driver = "k8s-file"', ''],
  ...['[engine]', 'cgroup_manager = "cgroupfs"', 'events_logger = "file"', 'runtime = "crun"', ''],
  ...['[engine.runtimes]', 'crun = ["/usr/local/sbin/lab-crun"]', ''],
].join('\n');

// The hosts' own file system is an overlay, over which there can be no second one.
const storage = [
  ...['[storage]', 'driver = "vfs"', 'graphroot = "/var/lib/containers/storage"'],
  ...['runroot = "/run/containers/storage"', ''],
].join('\n');

const makeContainers = [
  ...['[Unit]', 'Description=The containers of this host', 'After=local-fs.target', ''],
  ...['[Service]', 'Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/usr/local/sbin/lab-containers', ''],
].join('\n');

/** The rest of /etc/nova, which is in an image there, is copied when the host is prepared. */
function novaFiles(file: HostFile, control: boolean): HostFile[] {
  const options = { compute_driver: 'libvirt.LibvirtDriver' };
  const at = (volume: string, content: string): HostFile => ({
    ...file,
    path: `${generated}/${volume}/etc/nova/nova.conf`,
    content,
  });
  const compute = file.content.replace(/^\[(api_)?database\]\n[^[]*/gm, '');
  return [
    at('nova_libvirt', withOptions(compute, 'DEFAULT', options)),
    ...(control ? [at('nova', file.content)] : []),
  ];
}

function shaped(file: HostFile, control: boolean, address: string): HostFile | HostFile[] {
  switch (file.path) {
    case '/etc/nova/nova.conf':
      return novaFiles(file, control);
    case '/etc/nova/nova-compute.conf':
      return [];
    case '/etc/nova/nova-api-uwsgi.ini':
      return { ...file, path: `${generated}/nova${file.path}` };
    case '/etc/libvirt/libvirtd.conf':
      return { ...file, content: `${file.content}listen_addr = "${address}"\n` };
    default:
      return file.path.startsWith('/etc/systemd/system/libvirtd-tcp.socket.d/') ? [] : file;
  }
}

const libvirtUnits = ['libvirtd', 'virtlogd', 'virtlockd'].flatMap((daemon) =>
  ['.service', '.socket', '-ro.socket', '-admin.socket', '-tcp.socket', '-tls.socket'].map(
    (suffix) => `/lib/systemd/system/${daemon}${suffix}`,
  ),
);
const novaUnits = ['nova-compute', 'nova-api', 'nova-conductor', 'nova-scheduler'];

export const tripleo: HostShape = {
  units: {
    'nova-compute': 'tripleo_nova_compute',
    'nova-api': 'tripleo_nova_api',
    'nova-conductor': 'tripleo_nova_conductor',
    'nova-scheduler': 'tripleo_nova_scheduler',
    libvirtd: 'tripleo_nova_libvirt',
    // The daemon listens by itself; in place of the socket stands what the daemon needs.
    'libvirtd-tcp.socket': 'tripleo_nova_virtlogd',
  },
  files(files, host) {
    const control = host.roles.includes('control');
    const own = containers.filter((container) => control || !container.control);
    return [
      ...files.flatMap((file) => shaped(file, control, host.address)),
      ...own.flatMap((container) => [unitFile(container), kollaFile(container)]),
      { ...root, path: '/etc/containers/containers.conf', content: engine },
      { ...root, path: '/etc/containers/storage.conf', content: storage },
      { ...root, path: '/etc/systemd/system/lab-containers.service', content: makeContainers },
      {
        ...root,
        path: '/etc/lab-containers',
        content: own.map(({ name, volume, user }) => `${name} ${volume} ${user}\n`).join(''),
      },
      program('/usr/local/sbin/lab-crun', programs['lab-crun'] ?? ''),
      program('/usr/local/sbin/lab-containers', programs['lab-containers'] ?? ''),
      program('/usr/local/bin/kolla_start', programs['kolla_start'] ?? ''),
    ];
  },
  absent: [
    ...novaUnits.flatMap((unit) => [`/lib/systemd/system/${unit}.service`, `/etc/init.d/${unit}`]),
    ...libvirtUnits,
    ...['/etc/nova/nova.conf', '/etc/nova/nova-compute.conf'],
  ],
  copies: [
    { from: '/etc/nova', to: `${generated}/nova_libvirt/etc/nova` },
    { from: '/etc/nova', to: `${generated}/nova/etc/nova` },
  ],
  folders: [{ path: '/var/log/containers/nova', account: 'nova', mode: 0o755 }],
  trees: [],
};
