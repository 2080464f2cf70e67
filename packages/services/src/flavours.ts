import type { ConfigPlaces } from './config-places.js';

export type FlavourName =
  | 'devstack'
  | 'tripleo'
  | 'edpm'
  | 'kolla'
  | 'osa'
  | 'rdo'
  | 'debian'
  /** None of these: only what the configuration says of its services is known. */
  | 'described';

/** What a service is called in a deployment. Plain data; where several names are said, the first that exists counts. */
export interface ServiceRecipe {
  readonly units?: readonly string[] | undefined;
  readonly containers?: readonly string[] | undefined;
  readonly config?: ConfigPlaces | undefined;
  readonly logFiles?: readonly string[] | undefined;
  /** Only where this directory exists. */
  readonly where?: string | undefined;
}

/** How a deployment tool lays out its services on a host. */
export interface Flavour {
  readonly name: FlavourName;
  /** For people. */
  readonly title: string;
  /** Whether this row was tried on a real cloud of that kind, or is from reading the tool's source alone. */
  readonly tried: boolean;
  /** Any of these on a host tells it. */
  readonly signs: {
    readonly units?: readonly RegExp[];
    readonly paths?: readonly string[];
    /** Where /etc/nova leads to. */
    readonly link?: RegExp;
  };
  /** By name; of several recipes the first that fits the host counts. */
  readonly services: Readonly<Record<string, readonly ServiceRecipe[]>>;
  /** Containers that have virsh, the first that exists; none: virsh of the host. */
  readonly virshContainers?: readonly string[] | undefined;
  /** Nova's databases, for people: Whitebox itself reads address and names from the services that use them. */
  readonly database: {
    /** Where the server is. */
    readonly place: string;
    /** Name of the database of the first cell; those of the API and of cell0 are `nova_api` and `nova_cell0` everywhere. */
    readonly cell: string;
  };
}

function nova(program: string, more: Omit<ConfigPlaces, 'program' | 'project'> = {}): ConfigPlaces {
  return { project: 'nova', program, ...more };
}

const novaLog = (program: string): string[] => [`/var/log/nova/${program}.log`];
const hostLibvirt: readonly ServiceRecipe[] = [{ units: ['libvirtd.service', 'virtqemud.service'] }];

function packaged(unit: string, program = unit): readonly ServiceRecipe[] {
  return [{ units: [`${unit}.service`], config: nova(program), logFiles: novaLog(program) }];
}

function unpackaged(program: string, ...units: readonly string[]): readonly ServiceRecipe[] {
  return [{ units, config: nova(program) }];
}

function tripleo(program: string, volume: string): readonly ServiceRecipe[] {
  const container = program.replaceAll('-', '_');
  return [
    {
      containers: [container],
      units: [`tripleo_${container}.service`],
      config: nova(program, {
        sources: { '/etc/nova': `/var/lib/config-data/puppet-generated/${volume}/etc/nova` },
      }),
      logFiles: [`/var/log/containers/nova/${program}.log`],
    },
  ];
}

function kolla(program: string): readonly ServiceRecipe[] {
  const container = program.replaceAll('-', '_');
  return [
    {
      containers: [container],
      units: [`kolla-${container}-container.service`],
      config: nova(program, { sources: { '/etc/nova/nova.conf': `/etc/kolla/${program}/nova.conf` } }),
      logFiles: [`/var/log/kolla/nova/${program}.log`],
    },
  ];
}

function edpm(directory: string): ServiceRecipe {
  return {
    containers: ['nova_compute'],
    units: ['edpm_nova_compute.service'],
    config: nova('nova-compute', {
      sources: {
        '/etc/nova/nova.conf': `${directory}/nova-blank.conf`,
        '/etc/nova/nova.conf.d': directory,
      },
      // Kolla copies only files of the directory that have "nova" in their names.
      dropInName: 'nova-whitebox',
    }),
    where: directory,
  };
}

/** In the order in which they are asked: the tools that build upon distribution packages before the plain packages. */
export const flavours: readonly Flavour[] = [
  {
    name: 'devstack',
    title: 'DevStack',
    database: { place: 'mysqld of the controller, port 3306', cell: 'nova_cell1' },
    tried: false,
    signs: { units: [/^devstack@/] },
    services: {
      'nova-compute': unpackaged('nova-compute', 'devstack@n-cpu.service'),
      'nova-api': unpackaged('nova-api', 'devstack@n-api.service'),
      'nova-scheduler': unpackaged('nova-scheduler', 'devstack@n-sch.service'),
      'nova-conductor': unpackaged(
        'nova-conductor',
        'devstack@n-super-cond.service',
        'devstack@n-cond-cell1.service',
        'devstack@n-cond.service',
      ),
      'placement-api': [{ units: ['devstack@placement-api.service'] }],
      libvirt: hostLibvirt,
    },
  },
  {
    name: 'tripleo',
    title: 'TripleO (OSP 16, 17)',
    database: { place: 'Galera on the internal API network, from a controller only', cell: 'nova' },
    tried: false,
    signs: { units: [/^tripleo_/], paths: ['/var/lib/config-data/puppet-generated'] },
    services: {
      'nova-compute': tripleo('nova-compute', 'nova_libvirt'),
      'nova-api': tripleo('nova-api', 'nova'),
      'nova-scheduler': tripleo('nova-scheduler', 'nova'),
      'nova-conductor': tripleo('nova-conductor', 'nova'),
      'placement-api': [{ containers: ['placement_api'], units: ['tripleo_placement_api.service'] }],
      libvirt: [
        {
          containers: ['nova_virtqemud', 'nova_libvirt'],
          units: ['tripleo_nova_virtqemud.service', 'tripleo_nova_libvirt.service'],
        },
      ],
    },
    virshContainers: ['nova_virtqemud', 'nova_libvirt'],
  },
  {
    name: 'edpm',
    title: 'Red Hat OpenStack Services on OpenShift, data plane (EDPM)',
    database: {
      place: 'pods of OpenShift: openstack-galera-0, openstack-cell1-galera-0',
      cell: 'nova_cell1',
    },
    tried: false,
    signs: { units: [/^edpm_/], paths: ['/var/lib/openstack/nova', '/var/lib/openstack/config/nova'] },
    services: {
      'nova-compute': [edpm('/var/lib/openstack/nova'), edpm('/var/lib/openstack/config/nova')],
      libvirt: [{ units: ['virtqemud.service'] }],
    },
  },
  {
    name: 'kolla',
    title: 'Kolla-Ansible',
    database: { place: 'kolla_internal_vip_address, port 3306', cell: 'nova' },
    tried: false,
    signs: { units: [/^kolla-/], paths: ['/etc/kolla'] },
    services: {
      'nova-compute': kolla('nova-compute'),
      'nova-api': kolla('nova-api'),
      'nova-scheduler': kolla('nova-scheduler'),
      'nova-conductor': kolla('nova-conductor'),
      'placement-api': [{ containers: ['placement_api'], units: ['kolla-placement_api-container.service'] }],
      libvirt: [
        { containers: ['nova_libvirt'], units: ['kolla-nova_libvirt-container.service'] },
        ...hostLibvirt,
      ],
    },
    virshContainers: ['nova_libvirt'],
  },
  {
    name: 'osa',
    title: 'OpenStack-Ansible',
    database: {
      place: 'Galera in LXC containers, behind the internal address of the load balancer',
      cell: 'nova',
    },
    tried: false,
    signs: { paths: ['/openstack/venvs'], link: /^\/openstack\/venvs\// },
    services: {
      'nova-compute': unpackaged('nova-compute', 'nova-compute.service'),
      'nova-api': unpackaged('nova-api-os-compute', 'nova-api-os-compute.service'),
      'nova-scheduler': unpackaged('nova-scheduler', 'nova-scheduler.service'),
      'nova-conductor': unpackaged('nova-conductor', 'nova-conductor.service'),
      libvirt: hostLibvirt,
    },
  },
  {
    name: 'rdo',
    title: 'packages of RDO (CentOS, RHEL)',
    database: { place: 'where [database]connection of nova-conductor says', cell: 'nova' },
    tried: false,
    signs: { units: [/^openstack-nova-/] },
    services: {
      'nova-compute': packaged('openstack-nova-compute', 'nova-compute'),
      'nova-api': packaged('openstack-nova-api', 'nova-api'),
      'nova-scheduler': packaged('openstack-nova-scheduler', 'nova-scheduler'),
      'nova-conductor': packaged('openstack-nova-conductor', 'nova-conductor'),
      libvirt: hostLibvirt,
    },
  },
  {
    name: 'debian',
    title: 'packages of Debian or Ubuntu',
    database: { place: 'where [database]connection of nova-conductor says', cell: 'nova' },
    tried: true,
    signs: { units: [/^nova-(compute|api|api-os-compute|scheduler|conductor)\.service$/] },
    services: {
      'nova-compute': packaged('nova-compute'),
      'nova-api': packaged('nova-api'),
      'nova-scheduler': packaged('nova-scheduler'),
      'nova-conductor': packaged('nova-conductor'),
      'placement-api': [{ units: ['placement-api.service'] }],
      libvirt: hostLibvirt,
    },
  },
];
