import { descriptionFormat, type LabDescription } from './description.js';
import { formatSubnet } from './ipv4.js';
import { controlHost } from './lab-hosts.js';
import { cloudName, controller, jumpOf, type FactsByHost, type OutputContext } from './output-context.js';
import { guestUser } from './rootfs.js';
import { volumeTypesFor } from './seed-volumes.js';
import { imageNames, privateSubnet } from './seed.js';

export function describeLab(context: OutputContext, facts: FactsByHost): LabDescription {
  const { settings, paths, hosts, distribution } = context;
  const database = { address: controlHost(hosts).address, port: 3306 };
  return {
    format: descriptionFormat,
    directory: settings.directory,
    name: settings.name,
    profile: settings.profile,
    deployment: hosts[0]?.deployment ?? 'packages',
    hosts: hosts.map(({ name, address, roles, cpuSets, topology }) => ({
      name,
      address,
      roles,
      dedicatedCpus: cpuSets.dedicated,
      sharedCpus: cpuSets.shared,
      emulated: topology !== undefined,
      cells: (facts.get(name)?.cells ?? []).map(({ id, socket, memoryMib, hugepages, cores }) => ({
        id,
        socket,
        memoryMib,
        cores,
        hugepages: hugepages.map(({ sizeKib, total }) => ({ sizeKib, total })),
      })),
    })),
    apiAddress: controller(context),
    ssh: {
      jump: jumpOf(context),
      user: distribution.operator.name,
      identityFile: paths.operatorKey,
      knownHostsFile: paths.knownHosts,
      configFile: paths.sshConfig,
    },
    database: { ...database, user: 'whitebox', passwordFile: paths.databasePassword },
    databaseAdmin: { ...database, user: 'root', passwordFile: paths.databaseAdminPassword },
    cloud: cloudName,
    guest: { user: guestUser, identityFile: paths.guestKey },
    services: settings.services,
    volumeTypes: volumeTypesFor(settings.services),
    images: imageNames,
    networks: { private: privateSubnet, provider: formatSubnet(settings.providerSubnet) },
    files: {
      openrc: paths.openrc,
      cloudsYaml: paths.cloudsYaml,
      tempestConf: paths.tempestConf,
      nodesYaml: paths.nodesYaml,
    },
  };
}

/** What a shell takes with `eval`. */
export function environmentOf(lab: LabDescription): Record<string, string> {
  return {
    WHITEBOX_LAB_DIR: lab.directory,
    OS_CLIENT_CONFIG_FILE: lab.files.cloudsYaml,
    OS_CLOUD: lab.cloud,
    OPENRC: lab.files.openrc,
    TEMPEST_CONF: lab.files.tempestConf,
    NODES_YAML: lab.files.nodesYaml,
    LAB_SSH_CONFIG: lab.ssh.configFile,
  };
}
