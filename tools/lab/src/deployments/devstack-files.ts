import { endpoints } from '../cloud.js';
import { LabError } from '../errors.js';
import { runAnyway } from '../exec.js';
import { controlHost } from '../lab-hosts.js';
import { nodesYaml } from '../nodes-yaml.js';
import type { FactsByHost, OutputContext } from '../output-context.js';
import { tempestConf } from '../tempest-conf.js';

/** What DevStack leaves on the controller for its users, by path; tests that run there find all that they need. Pure. */
export function devstackUserFiles(
  context: OutputContext,
  facts: FactsByHost,
  images: readonly [string, string],
): Readonly<Record<string, string>> {
  const { distribution, paths } = context;
  const there = {
    ...context,
    paths: {
      ...paths,
      nodesYaml: '/opt/stack/tempest/etc/nodes.yaml',
      operatorKey: `${distribution.operator.home}/.ssh/id_ed25519`,
      knownHosts: '/etc/ssh/ssh_known_hosts',
    },
  };
  return {
    '/etc/openstack/clouds.yaml': cloudsYaml(context),
    '/opt/stack/tempest/etc/tempest.conf': tempestConf(there, facts, images),
    [there.paths.nodesYaml]: nodesYaml(there, facts),
  };
}

/** As tools/update_clouds_yaml.py of DevStack names the entries. */
function cloudsYaml({ hosts, secrets }: OutputContext): string {
  const entry = (name: string, user: string, password: string, scope: readonly string[]) => [
    `  ${name}:`,
    '    auth:',
    `      auth_url: ${endpoints(controlHost(hosts).address).keystone}`,
    `      username: ${user}`,
    `      password: "${password}"`,
    '      user_domain_id: default',
    ...scope.map((line) => `      ${line}`),
    '    region_name: RegionOne',
    '    identity_api_version: "3"',
  ];
  const project = (name: string) => [`project_name: ${name}`, 'project_domain_id: default'];
  const { admin, demo } = secrets.keystone;
  const entries = [
    ...entry('devstack', 'demo', demo, project('demo')),
    ...entry('devstack-admin', 'admin', admin, project('admin')),
    ...entry('devstack-system-admin', 'admin', admin, ['system_scope: all']),
  ];
  return `clouds:\n${entries.join('\n')}\n`;
}

/** Writes them there, readable to the account of DevStack alone. @throws LabError `WB_LAB_HOST` */
export async function deliverUserFiles(
  { paths, hosts, distribution }: OutputContext,
  files: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const { name } = controlHost(hosts);
  const owner = distribution.operator.name;
  for (const [path, content] of Object.entries(files)) {
    const install = `sudo install -D -m 0600 -o ${owner} -g ${owner} /dev/stdin ${path}`;
    const ssh = ['ssh', '-F', paths.sshConfig, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', name];
    const { code, stderr } = await runAnyway([...ssh, install], {
      input: content,
      timeoutMs: 30_000,
      signal,
    });
    if (code !== 0) throw new LabError('WB_LAB_HOST', `Cannot write ${path} on ${name}: ${stderr.trim()}`);
  }
}
