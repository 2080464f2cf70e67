import type { Distribution, FileRule, Role } from './distribution.js';
import { shapedFiles } from './deployments/host-shape.js';
import { LabError } from './errors.js';
import type { OptionalService } from './optional-services.js';
import { databaseUsers, serviceUsers, type LabSecrets } from './secrets.js';
import { pmemFiles, pmemOption } from './pmem.js';
import { renderTemplate } from './template.js';
import type { Host } from './lab-hosts.js';
import { topologyFiles } from './topology/topology-files.js';

/** A file as it will be on a host. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
}

export interface HostFileContext {
  readonly distribution: Distribution;
  /** Text of files/config/NAME by name. */
  readonly templates: Readonly<Record<string, string>>;
  readonly hosts: readonly Host[];
  readonly secrets: LabSecrets;
  /** The machine's CPUs. */
  readonly cpus: number;
  readonly virtType: 'qemu' | 'kvm';
  readonly rootLogin: boolean;
  readonly services: readonly OptionalService[];
  /** Statements for the first start of the database. */
  readonly firstStart: string;
}

/** Every configuration file of one host, and its units' settings. Pure. */
export function hostFiles(context: HostFileContext, host: Host): HostFile[] {
  const values = templateValues(context, host);
  if (host.roles.length === 0) return jumpHostFiles(context, host, values);
  const has = (role: Role | undefined) => role === undefined || host.roles.includes(role);
  const offered = (service: OptionalService | undefined) =>
    service === undefined || context.services.includes(service);
  const template = (name: string, extra: Readonly<Record<string, string>> = {}) =>
    renderTemplate(templateText(context, name), { ...values, ...extra }, name);
  const control = host.roles.includes('control');
  const databases: Readonly<Record<string, string>> = {
    'nova.conf': 'nova-databases.conf',
    'neutron.conf': 'neutron-database.conf',
  };
  const configuration = context.distribution.files
    .filter((rule) => has(rule.role) && offered(rule.service))
    .map((rule) => {
      // A host that only computes has no way to a database: nova-compute refuses to start with one.
      const part = databases[rule.template];
      const extra: Record<string, string> =
        part === undefined ? {} : { DATABASES: control ? template(part).trimEnd() : '' };
      return file(rule, template(rule.template, extra));
    });
  const files = [
    ...configuration,
    ...(control ? wsgiFiles(context) : []),
    ...unitFiles(context, host),
    ...pmemFiles(host.pmem),
    ...(host.topology === undefined ? [] : topologyFiles(host.topology)),
    ...identityFiles(context, host),
  ];
  return shapedFiles(files, host);
}

const root = { owner: 'root', group: 'root', mode: 0o644 } as const;

/** Of a host that only leads to others. */
function jumpHostFiles(
  context: HostFileContext,
  host: Host,
  values: Readonly<Record<string, string>>,
): HostFile[] {
  const needed = ['hosts', 'sshd.conf'];
  return [
    ...context.distribution.files
      .filter(({ template }) => needed.includes(template))
      .map((rule) => file(rule, renderTemplate(templateText(context, rule.template), values, rule.template))),
    ...identityFiles(context, host),
  ];
}

function identityFiles(context: HostFileContext, host: Host): HostFile[] {
  return [
    { ...root, path: '/etc/hostname', content: `${host.name}\n` },
    { ...root, path: '/etc/machine-id', content: `${machineId(context, host)}\n`, mode: 0o444 },
  ];
}

function file(rule: FileRule, content: string): HostFile {
  return {
    path: rule.path,
    content: content.replace(/\n{3,}/g, '\n\n'),
    owner: rule.owner ?? 'root',
    group: rule.group ?? 'root',
    mode: rule.mode ?? 0o644,
  };
}

function templateText(context: HostFileContext, name: string): string {
  const text = context.templates[name];
  if (text === undefined) throw new LabError('WB_LAB_TEMPLATE', `There is no template files/config/${name}.`);
  return text;
}

function templateValues(context: HostFileContext, host: Host): Record<string, string> {
  const { secrets } = context;
  return {
    ADDRESS: host.address,
    HOSTS: context.hosts.map(({ name, address }) => `${address} ${name}`).join('\n'),
    CPU_SETS: cpuSetOptions(host),
    RESERVED_MEMORY: String(host.reservedMemoryMib),
    PMEM: pmemOption(host.pmem),
    VIRT_TYPE: context.virtType,
    VTPM: String(context.services.includes('keys')),
    CPU_MODE: 'none',
    ROOT_LOGIN: context.rootLogin ? 'prohibit-password' : 'no',
    DATABASE_BIND: [...new Set(['127.0.0.1', host.address])].join(','),
    FIRST_START_FILE: context.distribution.databaseFirstStart,
    FIRST_START: context.firstStart,
    PW_RABBIT: secrets.rabbitmq,
    BARBICAN_KEY: secrets.barbicanKey,
    ...Object.fromEntries(serviceUsers.map((user) => [`PW_${user.toUpperCase()}`, secrets.keystone[user]])),
    ...Object.fromEntries(
      databaseUsers.map((user) => [`PW_DB_${user.toUpperCase()}`, secrets.database[user]]),
    ),
  };
}

/** Nova takes an empty set for a mistake. */
function cpuSetOptions({ cpuSets }: Host): string {
  return Object.entries(cpuSets)
    .flatMap(([kind, cpus]) => (cpus === '' ? [] : [`cpu_${kind}_set = ${cpus}`]))
    .join('\n');
}

function machineId(context: HostFileContext, host: Host): string {
  const id = context.secrets.machineIds[host.name];
  if (id === undefined) throw new LabError('WB_LAB_SECRETS', `The lab has no machine id for ${host.name}.`);
  return id;
}

function wsgiFiles(context: HostFileContext): HostFile[] {
  const rules = context.distribution.wsgi.filter(
    ({ service }) => service === undefined || context.services.includes(service),
  );
  return rules.map((rule) => ({
    ...root,
    path: rule.ini,
    content: renderTemplate(
      templateText(context, 'uwsgi.ini'),
      {
        NAME: rule.name,
        PROJECT: rule.project,
        PROGRAM: rule.program,
        LAZY: String(rule.lazy ?? false),
        PROCESSES: rule.scaled === true && context.cpus >= 4 ? '2' : '1',
        THREADS: String(rule.threads ?? 1),
      },
      'uwsgi.ini',
    ),
  }));
}

/** Units that a host starts by itself. */
export function unitsOf(
  distribution: Distribution,
  roles: readonly Role[],
  services: readonly OptionalService[],
): string[] {
  const optional = roles.includes('control')
    ? services.flatMap((name) => distribution.optionalUnits[name])
    : [];
  return [...new Set([...roles.flatMap((role) => distribution.enabledUnits[role]), ...optional])];
}

/**
 * The packages' units only say After=: services that find no Keystone or no message bus yet end, and each new try costs
 * seconds. So each waits for what it needs, and may be restarted as often as tests like.
 */
function unitFiles({ distribution, services }: HostFileContext, host: Host): HostFile[] {
  const enabled = new Set(unitsOf(distribution, host.roles, services));
  const own = Object.entries(distribution.units).filter(([unit]) => enabled.has(unit));
  return own.map(([unit, rule]) => {
    const targets = (rule.waitFor ?? []).map((name) => distribution.answering[name]);
    return {
      ...root,
      path: `/etc/systemd/system/${unit}.service.d/lab.conf`,
      content: [
        '[Unit]',
        'StartLimitIntervalSec=0',
        ...(rule.after === undefined ? [] : [`After=${rule.after}`]),
        '',
        '[Service]',
        'RestartSec=1',
        'TimeoutStartSec=300',
        'Environment=MALLOC_ARENA_MAX=2 PYTHONDONTWRITEBYTECODE=1',
        ...(targets.length === 0 ? [] : [`ExecStartPre=/usr/local/sbin/lab-wait ${targets.join(' ')}`]),
        ...(rule.service ?? []),
        '',
      ].join('\n'),
    };
  });
}
