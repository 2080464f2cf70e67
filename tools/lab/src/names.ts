import { join } from 'node:path';
import type { LabSettings } from './settings.js';

/** Names of all that a lab makes on its machine, in one place: what `up` makes is what `down` looks for. */
export function machineNames(settings: Pick<LabSettings, 'name'>) {
  const { name } = settings;
  return {
    /** The machine's end of the cable into the network of the hosts; at most 14 characters. */
    hostsInterface: `${name}-mgmt`,
    providerInterface: `${name}-prov`,
    /** Holds the two bridges, so that neither the machine's firewall nor its forwarding has a part in the lab. */
    networkNamespace: `${name}-net`,
    hostNamespace: (host: string) => `${name}-${host}`,
    hostCgroup: (host: string) => `${name}-${host}`,
    buildCgroup: `${name}-build`,
    /** systemd-nspawn's name of the machine */
    machine: (host: string) => `${name}-${host}`,
  };
}

/** Paths in a lab's directory. */
export function labPaths(directory: string) {
  const host = (name: string) => join(directory, 'hosts', name);
  return {
    directory,
    lock: join(directory, 'lock'),
    state: join(directory, 'state.json'),
    secrets: join(directory, 'secrets.json'),
    keys: join(directory, 'keys'),
    logs: join(directory, 'log'),
    times: join(directory, 'log', 'times.json'),
    images: join(directory, 'images'),
    /** What Cinder keeps; a folder of every host. */
    volumes: join(directory, 'volumes'),
    base: join(directory, 'base'),
    hosts: join(directory, 'hosts'),
    faults: join(directory, 'faults'),
    host: (name: string) => ({
      directory: host(name),
      root: join(host(name), 'root'),
      diskImage: join(host(name), 'disk.img'),
      disk: join(host(name), 'disk'),
      upper: join(host(name), 'disk', 'upper'),
      work: join(host(name), 'disk', 'work'),
      pid: join(host(name), 'pid'),
      prepared: join(host(name), 'disk.prepared'),
      console: join(host(name), 'console.log'),
    }),
    description: join(directory, 'lab.json'),
    openrc: join(directory, 'openrc'),
    cloudsYaml: join(directory, 'clouds.yaml'),
    tempestConf: join(directory, 'tempest.conf'),
    nodesYaml: join(directory, 'nodes.yaml'),
    sshConfig: join(directory, 'ssh_config'),
    knownHosts: join(directory, 'known_hosts'),
    databasePassword: join(directory, 'keys', 'database-password'),
    databaseAdminPassword: join(directory, 'keys', 'database-admin-password'),
    operatorKey: join(directory, 'keys', 'operator'),
    guestKey: join(directory, 'keys', 'guest'),
    novaKey: join(directory, 'keys', 'nova'),
  };
}

export type LabPaths = ReturnType<typeof labPaths>;
