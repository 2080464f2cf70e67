import type { HostFile } from '../host-files.js';
import type { HostShape } from './host-shape.js';
import { withOptions, withoutSections } from './nova-conf.js';

// A host as DevStack leaves it (devstack/functions-common, lib/nova): units devstack@n-cpu and so on, run by the account
// stack, which owns the configuration; nova-compute with a file of its own, named on its command line; logs in the journal.
// CELLSV2_SETUP=singleconductor: the lab has one conductor.

const account = 'stack';
const data = '/opt/stack/data/nova';

interface DevstackUnit {
  readonly name: string;
  readonly command: string;
  readonly user: string;
  readonly group?: string;
  readonly uwsgi?: boolean;
}

const uwsgi = '/usr/bin/uwsgi_python3 --procname-prefix';

const units: Readonly<Record<string, DevstackUnit>> = {
  'nova-compute': {
    name: 'devstack@n-cpu',
    command: '/usr/bin/nova-compute --config-file /etc/nova/nova-cpu.conf',
    user: account,
    group: 'libvirt',
  },
  'nova-api': {
    name: 'devstack@n-api',
    command: `${uwsgi} nova-api --http-socket :8774 --ini /etc/nova/nova-api-uwsgi.ini`,
    user: account,
    uwsgi: true,
  },
  'nova-scheduler': {
    name: 'devstack@n-sch',
    command: '/usr/bin/nova-scheduler --config-file /etc/nova/nova.conf',
    user: account,
  },
  'nova-conductor': {
    name: 'devstack@n-cond',
    command: '/usr/bin/nova-conductor --config-file /etc/nova/nova.conf',
    user: account,
  },
  'placement-api': {
    name: 'devstack@placement-api',
    command: `${uwsgi} placement --http-socket :8778 --ini /etc/placement/placement-api-uwsgi.ini`,
    // Its configuration stays the package's.
    user: 'placement',
    uwsgi: true,
  },
};

/** As write_user_unit_file and write_uwsgi_user_unit_file of devstack/functions-common do. */
function unitFile([program, { name, command, user, group, uwsgi: isUwsgi }]: [
  string,
  DevstackUnit,
]): HostFile {
  return {
    path: `/etc/systemd/system/${name}.service`,
    owner: 'root',
    group: 'root',
    mode: 0o644,
    content: [
      '[Unit]',
      `Description = Devstack ${name}.service`,
      '',
      '[Service]',
      'ExecReload = /usr/bin/kill -HUP $MAINPID',
      'TimeoutStopSec = 300',
      'KillMode = process',
      ...(isUwsgi === true ? ['Type = notify', 'NotifyAccess = all', 'Restart = always'] : []),
      `SyslogIdentifier = ${program}`,
      `ExecStart = ${command}`,
      `User = ${user}`,
      ...(group === undefined ? [] : [`Group = ${group}`]),
      'LimitNOFILE = 65535',
      '',
      '[Install]',
      'WantedBy = multi-user.target',
      '',
    ].join('\n'),
  };
}

/** nova.conf of the packages as that of DevStack: everything logs to the journal, and the data are the account's. */
function novaConf(text: string): string {
  const general = withOptions(text, 'DEFAULT', { log_dir: null, state_path: data });
  return withOptions(general, 'oslo_concurrency', { lock_path: data });
}

function shaped(file: HostFile, isControl: boolean): HostFile | HostFile[] {
  const own = { ...file, owner: account, group: account };
  switch (file.path) {
    case '/etc/nova/nova.conf': {
      const content = novaConf(file.content);
      const compute = withOptions(withoutSections(content, ['api_database', 'database']), 'DEFAULT', {
        compute_driver: 'libvirt.LibvirtDriver',
      });
      const cpu = { ...own, path: '/etc/nova/nova-cpu.conf', content: compute };
      return isControl ? [{ ...own, content }, cpu] : cpu;
    }
    case '/etc/nova/nova-compute.conf':
      return [];
    case '/etc/nova/nova-api-uwsgi.ini':
      return {
        ...own,
        content: file.content
          .replace(/^logto = .*\n/m, '')
          .replace(/^uid = .*$/m, `uid = ${account}`)
          .replace(/^gid = .*$/m, `gid = ${account}`)
          .replace(/^chdir = .*$/m, `chdir = ${data}`),
      };
    default:
      return file;
  }
}

export const devstack: HostShape = {
  units: Object.fromEntries(Object.entries(units).map(([unit, { name }]) => [unit, name])),
  files(files, host) {
    const isControl = host.roles.includes('control');
    const own = Object.entries(units).filter(([unit]) => isControl || unit === 'nova-compute');
    return [...files.flatMap((file) => shaped(file, isControl)), ...own.map(unitFile)];
  },
  absent: [
    // The scripts too, of which systemd would make units.
    ...Object.keys(units).flatMap((unit) => [`/lib/systemd/system/${unit}.service`, `/etc/init.d/${unit}`]),
    ...['/etc/nova/nova.conf', '/etc/nova/nova-compute.conf'],
  ],
  folders: [data, `${data}/instances`].map((path) => ({ path, account, mode: 0o755 })),
  trees: [{ path: '/etc/nova', account }],
  computeAccount: account,
};
