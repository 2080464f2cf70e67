import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where an audit finds a cloud.
 * @typedef {object} CloudPlaces
 * @property {string} authUrl
 * @property {{ address: string, user: string, password: string }} database
 * @property {number} sshPort
 * @property {ReadonlyMap<string, string>} addresses by host
 * @property {{ private: string, public: string }} hostKey
 * @property {string} userKey private
 * @property {{ user: string, password: string, project: string }} account
 */

/**
 * Writes what an operator would have: tempest.conf, a key, known_hosts, an SSH configuration.
 * @param {string} folder becomes the home of the audit
 * @param {CloudPlaces} places
 * @returns {{ tempestConf: string, env: Record<string, string> }}
 */
export function writeCloudFiles(
  folder,
  { authUrl, database, sshPort, addresses, hostKey, userKey, account },
) {
  mkdirSync(join(folder, '.ssh'), { recursive: true, mode: 0o700 });
  const key = join(folder, '.ssh', 'id_audit');
  const known = join(folder, '.ssh', 'known_hosts');
  writeFileSync(key, userKey, { mode: 0o600 });
  const [type, base64] = hostKey.public.split(' ');
  writeFileSync(
    known,
    [...addresses.values()]
      .map((address) => `[${address}]:${String(sshPort)} ${type ?? ''} ${base64 ?? ''}\n`)
      .join(''),
  );
  writeFileSync(join(folder, '.ssh', 'config'), `Host *\n  Port ${String(sshPort)}\n`);
  const tempestConf = join(folder, 'tempest.conf');
  writeFileSync(
    tempestConf,
    `[auth]
admin_username = ${account.user}
admin_password = ${account.password}
admin_project_name = ${account.project}
admin_domain_name = Default

[identity]
auth_version = v3
uri_v3 = ${authUrl}
region = RegionOne

[whitebox]
ctlplane_ssh_username = stack
ctlplane_ssh_private_key_path = ${key}
ssh_known_hosts_path = ${known}
ctlplane_addresses = ${[...addresses].map(([name, address]) => `${name}:${address}`).join(',')}

[whitebox-database]
host = ${database.address}
user = ${database.user}
password = ${database.password}
`,
  );
  return { tempestConf, env: { HOME: folder, XDG_STATE_HOME: join(folder, 'state'), OS_CLOUD: '' } };
}
