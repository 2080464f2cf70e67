import { groupEntries } from './groups.js';
import type { Option, OptionGroup } from './option.js';

const INTRODUCTION = `# Configuration

Whitebox reads Tempest's own configuration file, so a \`tempest.conf\` and \`nodes.yaml\` of whitebox-tempest-plugin work as they
are. An option that nobody says has its default, or, where the table says so, is discovered from the cloud and its hosts when it
is needed. What is said wins over what is found; \`whitebox discover\` shows every option, where it comes from, and where what is
said and what is found differ.

This page is generated from the schema in packages/config (\`npm run docs -w packages/config\`); do not edit it.

- Files are read as oslo.config reads them: \`option = value\`, comments only at the beginning of a line, \`$option\` refers to
  another option, \`$$\` is a dollar sign. An empty value counts as none.
- An unknown name in a \`[whitebox...]\` section and a value of the wrong type are errors that name file and line. Options of
  Tempest and of other plugins are left alone.
- A variable \`OS_<SECTION>__<OPTION>\` in the environment comes before the file: \`OS_WHITEBOX_DATABASE__PASSWORD\`.
- Passwords need not stand in the file: give \`password_file\` or \`admin_password_file\`, or such a variable. They are never
  printed.
- TEMPEST_CONFIG_DIR and TEMPEST_CONFIG name the file when nothing else does; OS_CLOUD and OS_CLIENT_CONFIG_FILE name a cloud of a
  clouds.yaml, which comes before the credentials of \`[auth]\` and \`[identity]\`.
`;

const NODES = `## nodes.yaml

\`[whitebox] nodes_yaml\` names a file that describes the compute hosts by their names in Nova. All of it may be left out: how a
host is deployed (DevStack, TripleO, EDPM, Kolla-Ansible, OpenStack-Ansible, packages), its services, containers and virsh are
found on it. What the file says wins. The CPU sets are read of the running nova-compute; a run warns where the file says others,
and takes those of the file. \`topology\` is accepted and not used: the kernel tells it.

\`\`\`yaml
compute-0:
  services:
    libvirt:
      container_name: nova_virtqemud # only where it runs in a container
      start_command: systemctl start libvirtd
      stop_command: systemctl stop libvirtd
      mask_command: systemctl mask libvirtd
      unmask_command: systemctl unmask libvirtd
    nova-compute:
      config_path: /etc/nova/nova-cpu.conf
      start_command: systemctl start devstack@n-cpu
      stop_command: systemctl stop devstack@n-cpu
  cpu_shared_set: 4,5
  cpu_dedicated_set: 1-3
  topology:
    socket-0:
      numa-0:
        cpus: 0-7
\`\`\`
`;

/** docs/configuration.md: every option with its type, default and meaning, from the schema. */
export function configurationReference(): string {
  const live = groupEntries.filter(([, { options }]) => Object.keys(options).length > 0);
  return [INTRODUCTION, ...live.map(([name, group]) => section(name, group)), NODES, obsolete()].join('\n');
}

function section(name: string, { title, options, owned }: OptionGroup): string {
  const lines = [
    `## [${name}]`,
    '',
    owned ? `${title}.` : `${title}. A section of Tempest, of which Whitebox reads these options.`,
    '',
    '| option | type | default | meaning |',
    '| --- | --- | --- | --- |',
  ];
  for (const [key, option] of Object.entries(options)) {
    const cells = [`\`${key}\``, option.type.name, defaultCell(option), meaning(option)];
    lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function defaultCell(option: Option<unknown>): string {
  if (option.discoveredFrom !== undefined) {
    const otherwise = option.fallback === undefined ? '' : `; otherwise ${shown(option.fallback)}`;
    return `discovered from ${option.discoveredFrom}${otherwise}`;
  }
  return option.default === undefined ? 'none' : shown(option.default);
}

function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return text === '' ? 'empty' : `\`${text}\``;
}

function meaning({ help, older, fileOption }: Option<unknown>): string {
  const names = older.map(({ section: of, key }) => `\`[${of}] ${key}\``);
  return [
    help,
    ...(names.length === 0 ? [] : [`Older name: ${names.join(', ')}.`]),
    ...(fileOption === undefined ? [] : [`Or \`${fileOption}\`.`]),
  ].join(' ');
}

function obsolete(): string {
  const rows = groupEntries.flatMap(([name, group]) =>
    Object.entries(group.obsolete).map(([key, place]) => `| \`[${name}] ${key}\` | ${place} |`),
  );
  return [
    '## Options of older releases without effect',
    '',
    '| option | its place now |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
