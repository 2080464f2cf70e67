import { endpoints } from './cloud.js';
import { undercloudName } from './lab-hosts.js';
import { cloudName, controller, type OutputContext } from './output-context.js';

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
