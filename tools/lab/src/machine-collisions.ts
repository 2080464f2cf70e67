import { readdir } from 'node:fs/promises';
import { cgroupHierarchies } from './cgroups.js';
import { findCollisions, networkFacts } from './collisions.js';
import { run } from './exec.js';
import { machineNames } from './names.js';
import { findProgram } from './programs.js';
import type { LabSettings } from './settings.js';

/** What of the machine's network is in the way; nothing that this lab has recorded as its own. */
export async function machineCollisions(
  settings: LabSettings,
  hosts: readonly string[],
  own: boolean,
): Promise<string[]> {
  if (!(await findProgram('ip'))) return [];
  const names = machineNames(settings);
  const interfaces = [names.hostsInterface, names.providerInterface];
  const groups = await Promise.all(
    (await cgroupHierarchies()).map((folder) => readdir(folder).catch((): string[] => [])),
  );
  const facts = networkFacts(
    await run(['ip', '-j', '-4', 'address']).then(addDownInterfaces),
    await run(['ip', '-j', '-4', 'route', 'show', 'table', 'all']),
    await run(['ip', 'netns', 'list']),
    groups.flat(),
  );
  const foreign = own
    ? {
        ...facts,
        addresses: facts.addresses.filter((address) => !interfaces.includes(address.interface)),
        routes: facts.routes.filter(({ via }) => !interfaces.some((name) => via.includes(`dev ${name}`))),
      }
    : facts;
  return findCollisions(
    {
      subnet: settings.subnet,
      providerSubnet: settings.providerSubnet,
      interfaces: own ? [] : interfaces,
      namespaces: own ? [] : [names.networkNamespace, ...hosts.map(names.hostNamespace)],
      cgroups: own ? [] : hosts.map(names.hostCgroup),
    },
    foreign,
  );
}

/** `ip -4 address` leaves out interfaces without an address; their names count as well. */
async function addDownInterfaces(json: string): Promise<string> {
  const known = JSON.parse(json.trim() === '' ? '[]' : json) as { ifname?: string }[];
  const all = await readdir('/sys/class/net');
  const missing = all.filter((name) => !known.some(({ ifname }) => ifname === name));
  return JSON.stringify([...known, ...missing.map((ifname) => ({ ifname, addr_info: [] }))]);
}
