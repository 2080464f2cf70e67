// All that is particular to the distribution: its release, names of packages, units and accounts, and paths. Another
// distribution is another value of this shape.

import type { OptionalService } from './optional-services.js';

export type Role = 'control' | 'compute';

/** A file of a host, made from a template below files/config. */
export interface FileRule {
  readonly template: string;
  readonly path: string;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: number;
  /** Roles that have it; all of them when absent. */
  readonly role?: Role;
  /** Only in a lab with this part. */
  readonly service?: OptionalService;
}

/** How a service is started: what has to answer first, and what else goes into its unit. */
export interface UnitRule {
  readonly waitFor?: readonly (keyof typeof answering)[];
  readonly after?: string;
  readonly service?: readonly string[];
}

export interface WsgiRule {
  readonly name: string;
  readonly project: string;
  readonly program: string;
  readonly ini: string;
  /** Two where the machine has four CPUs or more. */
  readonly scaled?: boolean;
  readonly threads?: number;
  /** Load the application in each worker; for those that start threads while they load. */
  readonly lazy?: boolean;
  readonly service?: OptionalService;
}

/** What lab-wait asks. */
const answering = {
  rabbitmq: 'tcp:controller:5672',
  keystone: 'http:controller:5000/v3',
  placement: 'http:controller:8778/',
  nova: 'http:controller:8774/',
  neutron: 'http:controller:9696/',
} as const;

/** Those whom nobody waits for begin when the rest has, and leave it the CPUs. */
const late: UnitRule = { waitFor: ['rabbitmq', 'keystone', 'nova'], service: ['Nice=5'] };

const units: Record<string, UnitRule> = {
  // Type=notify would hold back everybody else for the ten seconds that it takes to start.
  'rabbitmq-server': { service: ['Type=simple', 'Nice=-5'] },
  mariadb: { service: ['Nice=-5', "ExecStartPost=!/bin/sh -c ': > /var/lib/mysql/lab-first-start.sql'"] },
  keystone: { service: ['Nice=-2'] },
  'placement-api': {},
  'glance-api': {},
  'neutron-api': {},
  'neutron-rpc-server': { waitFor: ['rabbitmq'] },
  'nova-conductor': { waitFor: ['rabbitmq', 'keystone', 'placement'] },
  'nova-scheduler': { waitFor: ['rabbitmq', 'keystone', 'placement'] },
  'nova-api': { waitFor: ['rabbitmq', 'keystone'], after: 'nova-conductor.service' },
  'nova-compute': { waitFor: ['rabbitmq', 'keystone', 'placement', 'nova'] },
  'neutron-linuxbridge-agent': { waitFor: ['rabbitmq', 'neutron'] },
  'neutron-dhcp-agent': { waitFor: ['rabbitmq', 'neutron'] },
  'cinder-api': late,
  'cinder-scheduler': late,
  'cinder-volume': late,
  'barbican-api': late,
};

const files: readonly FileRule[] = [
  { template: 'hosts', path: '/etc/hosts' },
  { template: 'sshd.conf', path: '/etc/ssh/sshd_config.d/lab.conf' },
  { template: 'my.cnf', path: '/etc/mysql/mariadb.conf.d/99-lab.cnf', role: 'control' },
  {
    template: 'first-start.sql',
    path: '/var/lib/mysql/lab-first-start.sql',
    owner: 'mysql',
    mode: 0o600,
    role: 'control',
  },
  {
    template: 'rabbitmq.conf',
    path: '/etc/rabbitmq/rabbitmq.conf',
    group: 'rabbitmq',
    mode: 0o640,
    role: 'control',
  },
  { template: 'rabbitmq-env.conf', path: '/etc/rabbitmq/rabbitmq-env.conf', role: 'control' },
  { template: 'memcached.conf', path: '/etc/memcached.conf', role: 'control' },
  {
    template: 'keystone.conf',
    path: '/etc/keystone/keystone.conf',
    group: 'keystone',
    mode: 0o640,
    role: 'control',
  },
  {
    template: 'glance-api.conf',
    path: '/etc/glance/glance-api.conf',
    group: 'glance',
    mode: 0o640,
    role: 'control',
  },
  {
    template: 'placement.conf',
    path: '/etc/placement/placement.conf',
    group: 'placement',
    mode: 0o640,
    role: 'control',
  },
  { template: 'nova.conf', path: '/etc/nova/nova.conf', group: 'nova', mode: 0o640 },
  { template: 'nova-compute.conf', path: '/etc/nova/nova-compute.conf', group: 'nova', mode: 0o640 },
  { template: 'neutron.conf', path: '/etc/neutron/neutron.conf', group: 'neutron', mode: 0o640 },
  {
    template: 'ml2_conf.ini',
    path: '/etc/neutron/plugins/ml2/ml2_conf.ini',
    group: 'neutron',
    mode: 0o640,
  },
  {
    template: 'linuxbridge_agent.ini',
    path: '/etc/neutron/plugins/ml2/linuxbridge_agent.ini',
    group: 'neutron',
    mode: 0o640,
  },
  {
    template: 'dhcp_agent.ini',
    path: '/etc/neutron/dhcp_agent.ini',
    group: 'neutron',
    mode: 0o640,
    role: 'control',
  },
  {
    template: 'nova-ssh-config',
    path: '/var/lib/nova/.ssh/config',
    owner: 'nova',
    group: 'nova',
    mode: 0o600,
  },
  {
    template: 'cinder.conf',
    path: '/etc/cinder/cinder.conf',
    group: 'cinder',
    mode: 0o640,
    role: 'control',
    service: 'volumes',
  },
  {
    template: 'cinder-rootwrap',
    path: '/usr/bin/cinder-rootwrap',
    mode: 0o755,
    role: 'control',
    service: 'volumes',
  },
  {
    template: 'nfs_shares',
    path: '/etc/cinder/nfs_shares',
    group: 'cinder',
    mode: 0o640,
    role: 'control',
    service: 'volumes',
  },
  {
    template: 'barbican.conf',
    path: '/etc/barbican/barbican.conf',
    group: 'barbican',
    mode: 0o640,
    role: 'control',
    service: 'keys',
  },
  { template: 'libvirtd.conf', path: '/etc/libvirt/libvirtd.conf' },
  { template: 'qemu.conf', path: '/etc/libvirt/qemu.conf', mode: 0o600 },
  { template: 'libvirtd-default', path: '/etc/default/libvirtd' },
  { template: 'libvirtd-tcp.conf', path: '/etc/systemd/system/libvirtd-tcp.socket.d/lab.conf' },
];

const wsgi: readonly WsgiRule[] = [
  {
    name: 'keystone',
    project: 'keystone',
    program: '/usr/bin/keystone-wsgi-public',
    ini: '/etc/keystone/keystone-uwsgi.ini',
    scaled: true,
  },
  {
    name: 'nova-api',
    project: 'nova',
    program: '/usr/bin/nova-api-wsgi',
    ini: '/etc/nova/nova-api-uwsgi.ini',
    scaled: true,
  },
  {
    name: 'placement-api',
    project: 'placement',
    program: '/usr/bin/placement-api',
    ini: '/etc/placement/placement-api-uwsgi.ini',
    threads: 4,
  },
  {
    name: 'neutron-api',
    project: 'neutron',
    program: '/usr/bin/neutron-api',
    ini: '/etc/neutron/neutron-api-uwsgi.ini',
    lazy: true,
  },
  {
    name: 'cinder-api',
    project: 'cinder',
    program: '/usr/bin/cinder-wsgi',
    ini: '/etc/cinder/cinder-api-uwsgi.ini',
    lazy: true,
    service: 'volumes',
  },
  {
    name: 'barbican-api',
    project: 'barbican',
    program: '/usr/bin/barbican-wsgi-api',
    ini: '/etc/barbican/barbican-api-uwsgi.ini',
    lazy: true,
    service: 'keys',
  },
];

export const debian12 = {
  name: 'Debian 12 (bookworm), OpenStack Zed',
  suite: 'bookworm',
  /** Releases that the machine's apt may name beside the suite; taken where it does. */
  updates: ['bookworm-updates', 'bookworm-security'],
  component: 'main',
  architecture: 'amd64',
  /** Program that the lab runs on the machine -> package that has it. */
  machineTools: {
    'systemd-nspawn': 'systemd-container',
    systemctl: 'systemd',
    ip: 'iproute2',
    ssh: 'openssh-client',
    'ssh-keygen': 'openssh-client',
    openssl: 'openssl',
    mksquashfs: 'squashfs-tools',
    mmdebstrap: 'mmdebstrap',
    'dpkg-deb': 'dpkg',
    unshare: 'util-linux',
    nsenter: 'util-linux',
    fallocate: 'util-linux',
    'mkfs.ext4': 'e2fsprogs',
    losetup: 'mount',
  } as Readonly<Record<string, string>>,
  packages: [
    // the system
    'systemd systemd-sysv dbus libpam-systemd openssh-server openssh-client sudo iproute2 iputils-ping procps kmod',
    'netbase less vim-tiny curl hostname',
    // what OpenStack stands on
    'mariadb-server rabbitmq-server memcached',
    // OpenStack
    'keystone glance-api placement-api nova-api nova-conductor nova-scheduler nova-compute nova-compute-kvm',
    'neutron-server neutron-linuxbridge-agent neutron-dhcp-agent',
    'cinder-api cinder-scheduler cinder-volume bindfs barbican-api',
    'python3-openstackclient python3-osc-placement python3-pymysql python3-memcache',
    // the hypervisor
    'libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils iptables ebtables conntrack numactl',
    'swtpm swtpm-tools ovmf',
    // for services in containers
    'podman crun',
    // to let a service see another time
    'libfaketime',
    // for the guest's image
    'busybox-static mtools dosfstools syslinux syslinux-common',
  ]
    .join(' ')
    .split(' '),
  guest: {
    kernelPackage: 'linux-image-cloud-amd64',
    packages: [
      ...['dropbear-bin', 'libtomcrypt1', 'libtommath1'],
      ...['shim-signed', 'grub-efi-amd64-signed'],
    ],
    modules: (
      'failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk ' +
      'virtio_net virtio_balloon virtio-rng af_packet button evdev cdrom sr_mod scsi_mod scsi_common libata ata_piix isofs'
    ).split(' '),
    libraries: '/lib/x86_64-linux-gnu',
  },
  /** The operator's account on the hosts, and the groups that it is in. */
  operator: { name: 'stack', home: '/home/stack', groups: ['libvirt', 'adm', 'systemd-journal'] },
  nova: { account: 'nova', home: '/var/lib/nova' },
  keystone: {
    account: 'keystone',
    fernetKeys: '/etc/keystone/fernet-keys',
    credentialKeys: '/etc/keystone/credential-keys',
  },
  /** `vnc_tls_x509_cert_dir` of qemu.conf, and who QEMU runs as. */
  vnc: { account: 'libvirt-qemu', certificates: '/etc/pki/libvirt-vnc' },
  rabbitmq: { account: 'rabbitmq', cookie: '/var/lib/rabbitmq/.erlang.cookie' },
  databaseFirstStart: '/var/lib/mysql/lab-first-start.sql',
  ebtables: '/usr/sbin/ebtables',
  /** Units that stay enabled as the packages enabled them; shell patterns. */
  keepEnabled: [
    'ssh.service',
    'remote-fs.target',
    'machines.target',
    'virtlogd*',
    'virtlockd*',
    'libvirtd*',
    'libvirtd-*',
  ],
  disabledUnits: ['libvirtd.service', 'libvirt-guests.service'],
  // Not systemd-machined: libvirt registers every guest with it over D-Bus.
  maskedUnits: [
    ...['getty@tty1.service', 'console-getty.service', 'apt-daily.timer', 'apt-daily-upgrade.timer'],
    ...['e2scrub_all.timer', 'fstrim.timer', 'systemd-networkd.service', 'systemd-resolved.service'],
    ...[
      'systemd-timesyncd.service',
      'systemd-udevd.service',
      'systemd-udev-trigger.service',
      'iscsid.socket',
    ],
  ],
  enabledUnits: {
    control: [
      ...['mariadb', 'rabbitmq-server', 'memcached', 'keystone', 'glance-api', 'placement-api'],
      ...['nova-api', 'nova-conductor', 'nova-scheduler'],
      ...['neutron-api', 'neutron-rpc-server', 'neutron-dhcp-agent', 'neutron-linuxbridge-agent'],
    ],
    compute: ['libvirtd.service', 'libvirtd-tcp.socket', 'nova-compute', 'neutron-linuxbridge-agent'],
  } satisfies Record<Role, string[]>,
  /** Beside them, in a lab with these parts; all on the control host. */
  optionalUnits: {
    volumes: ['cinder-api', 'cinder-scheduler', 'cinder-volume'],
    keys: ['barbican-api'],
  } satisfies Record<OptionalService, string[]>,
  /** Where every host has the folder with the volumes. */
  volumesFolder: '/srv/volumes',
  units,
  answering,
  files,
  wsgi,
};

export type Distribution = typeof debian12;
