import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('../lab/src/description.js').LabDescription} LabDescription */

/** On the controller; only for root, as a deployment would have it. */
export const onController = '/var/tmp/whitebox-playbooks';

/** Where Zuul puts the clone of Whitebox, below the home of its user. */
const sources = 'src/example.org';

/** As for a change of another project, which has this one among its required ones. @param {string} logRoot */
function zuulVariables(logRoot) {
  const projects = ['nova', 'whitebox'].map((short_name) => {
    const canonical_name = `example.org/${short_name}`;
    return [canonical_name, { canonical_name, short_name, src_dir: `${sources}/${short_name}` }];
  });
  return {
    executor: { log_root: logRoot },
    project: projects[0]?.[1],
    projects: Object.fromEntries(projects),
  };
}

/**
 * The hosts of the lab under the names and in the groups of the nodeset of the jobs, with the variables that Zuul and the job
 * would set. The page is made on this machine: the lab's hosts reach no package archive.
 * @param {LabDescription} lab
 * @param {string} folder for the inventory
 * @param {string} logRoot where Zuul publishes what is in it
 * @param {Record<string, unknown>} variables of the job
 * @returns {string} path of the inventory
 */
export function writeInventory(lab, folder, logRoot, variables) {
  const [controller, other] = lab.hosts;
  if (controller === undefined || other === undefined) throw new Error('the lab has not two hosts');
  const nodes = { controller, 'compute-host': other };
  const group = (/** @type {string[]} */ ...names) => ({
    hosts: Object.fromEntries(names.map((name) => [name, {}])),
  });
  const inventory = {
    all: {
      hosts: {
        ...Object.fromEntries(
          Object.entries(nodes).map(([name, host]) => [
            name,
            {
              ansible_host: host.name,
              ansible_ssh_common_args: `-F ${lab.ssh.configFile}`,
              ansible_python_interpreter: '/usr/bin/python3',
            },
          ]),
        ),
        tester: { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' },
      },
      vars: { zuul: zuulVariables(logRoot), ...variables },
      children: {
        tempest: group('controller'),
        compute: group('controller', 'compute-host'),
        subnode: group('compute-host'),
        switch: group('controller'),
        peers: group('compute-host'),
        report: group('tester'),
      },
    },
  };
  mkdirSync(logRoot, { recursive: true });
  const file = join(folder, 'inventory.json');
  // Of YAML, which Ansible reads, JSON is a part.
  writeFileSync(file, JSON.stringify(inventory, undefined, 2));
  return file;
}

/**
 * Puts on the controller what the deployment of a job leaves there: tempest.conf, clouds.yaml, nodes.yaml, and the key with which
 * it reaches every host. Paths in tempest.conf are those of this machine, so they change.
 * @param {LabDescription} lab
 * @param {string} folder
 */
export function deployConfiguration(lab, folder) {
  const files = join(folder, 'deployed');
  mkdirSync(files, { recursive: true });
  copyFileSync(lab.ssh.identityFile, join(files, 'key'));
  copyFileSync(lab.ssh.knownHostsFile, join(files, 'known_hosts'));
  copyFileSync(lab.files.nodesYaml, join(files, 'nodes.yaml'));
  copyFileSync(lab.files.cloudsYaml, join(files, 'clouds.yaml'));
  const conf = readFileSync(lab.files.tempestConf, 'utf8')
    .replace(/^ctlplane_ssh_private_key_path = .*$/m, `ctlplane_ssh_private_key_path = ${onController}/key`)
    .replace(/^ssh_known_hosts_path = .*$/m, `ssh_known_hosts_path = ${onController}/known_hosts`)
    .replace(/^nodes_yaml = .*$/m, `nodes_yaml = ${onController}/nodes.yaml`);
  writeFileSync(join(files, 'tempest.conf'), conf);
  const archive = execFileSync('tar', ['-C', files, '-c', '.']);
  ssh(lab, ['sudo', 'install', '-d', '-m', '0755', '-o', 'stack', onController]);
  ssh(lab, ['sudo', 'tar', '-C', onController, '-x', '--no-same-owner'], archive);
  ssh(lab, ['sudo', 'chmod', '0600', `${onController}/tempest.conf`, `${onController}/clouds.yaml`]);
  ssh(lab, ['sudo', 'sh', '-c', `'chown stack ${onController}/key; chmod 0600 ${onController}/key'`]);
}

/** @param {LabDescription} lab */
export function removeConfiguration(lab) {
  ssh(lab, ['sudo', 'rm', '-rf', onController, sources]);
}

/** @param {LabDescription} lab @param {string[]} command @param {Uint8Array} [input] */
function ssh(lab, command, input) {
  const [controller] = lab.hosts;
  execFileSync('ssh', ['-F', lab.ssh.configFile, controller?.name ?? '', ...command], { input });
}
