import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.js';
import { run, runAnyway } from './exec.js';
import { machineNames } from './names.js';
import type { LabSettings } from './settings.js';
import { controlHost, insideNetwork, machineAddress, type Host } from './lab-hosts.js';

// The lab's network: one namespace with two bridges (hosts, provider), one cable from each bridge to the machine and one
// to each host. Only the machine's two ends are seen on the machine.

const hostsBridge = 'br-mgmt';
const providerBridge = 'br-prov';
/** Of hosts behind an undercloud; no cable leads from it to the machine. */
const insideBridge = 'br-inside';

const namespaceExists = (name: string) => existsSync(`/run/netns/${name}`);
const interfaceExists = (name: string) => existsSync(`/sys/class/net/${name}`);

async function linkExists(namespace: string, name: string): Promise<boolean> {
  return (await runAnyway(['ip', '-n', namespace, 'link', 'show', name])).code === 0;
}

async function ensureNamespace(name: string): Promise<void> {
  if (!namespaceExists(name)) await run(['ip', 'netns', 'add', name]);
  await run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
}

/** Bridges and the machine's ends; makes only what is missing. */
export async function ensureNetwork(settings: LabSettings): Promise<void> {
  const names = machineNames(settings);
  const net = names.networkNamespace;
  await ensureNamespace(net);
  for (const [bridge, cable, subnet] of [
    [hostsBridge, names.hostsInterface, settings.subnet],
    [providerBridge, names.providerInterface, settings.providerSubnet],
  ] as const) {
    if (!(await linkExists(net, bridge))) {
      await run([
        'ip',
        '-n',
        net,
        'link',
        'add',
        bridge,
        'type',
        'bridge',
        'stp_state',
        '0',
        'forward_delay',
        '0',
      ]);
    }
    await run(['ip', '-n', net, 'link', 'set', bridge, 'up']);
    const end = `m-${bridge}`;
    if (!interfaceExists(cable)) {
      await run(['ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', end, 'netns', net]);
    }
    await run(['ip', '-n', net, 'link', 'set', end, 'master', bridge, 'up']);
    await run(['ip', 'address', 'replace', `${machineAddress(subnet)}/${subnet.prefix}`, 'dev', cable]);
    await run(['ip', 'link', 'set', cable, 'up']);
  }
}

/**
 * The namespace of one host with its interfaces: eth0 among the hosts, eth1 in the provider network. Hosts behind an undercloud
 * have eth0 inside, and those that are to be reached from outside eth2 there; the undercloud has it the other way round.
 */
export async function ensureHostNetwork(
  settings: LabSettings,
  host: Host,
  hosts: readonly Host[],
): Promise<void> {
  const names = machineNames(settings);
  const net = names.networkNamespace;
  const namespace = names.hostNamespace(host.name);
  await ensureNamespace(namespace);
  const [own, other]: readonly [string, string] =
    host.inside === true ? [insideBridge, hostsBridge] : [hostsBridge, insideBridge];
  const bridges = [own, providerBridge, ...(host.secondAddress === undefined ? [] : [other])];
  if (bridges.includes(insideBridge)) await ensureInsideBridge(net);
  for (const [index, bridge] of bridges.entries()) {
    const inside = `eth${index}`;
    const end = `${host.name}-${index}`;
    if (!(await linkExists(namespace, inside))) {
      await runAnyway(['ip', '-n', net, 'link', 'delete', end]);
      await run([
        'ip',
        '-n',
        net,
        'link',
        'add',
        end,
        'type',
        'veth',
        'peer',
        'name',
        inside,
        'netns',
        namespace,
      ]);
    }
    await run(['ip', '-n', net, 'link', 'set', end, 'master', bridge, 'up']);
    await run(['ip', '-n', namespace, 'link', 'set', inside, 'up']);
  }
  const prefixOf = (bridge: string) =>
    bridge === insideBridge ? insideNetwork.prefix : settings.subnet.prefix;
  const address = async (value: string, prefix: number, link: string): Promise<void> => {
    await run(['ip', '-n', namespace, 'address', 'replace', `${value}/${prefix}`, 'dev', link]);
  };
  await address(host.address, prefixOf(own), 'eth0');
  if (host.secondAddress !== undefined) await address(host.secondAddress, prefixOf(other), 'eth2');
  // Hosts that are inside only reach the addresses of the APIs, which are the control host's, and nothing else.
  const onlyInside = host.inside === true && host.secondAddress === undefined;
  const gateway = onlyInside ? controlHost(hosts).address : machineAddress(settings.subnet);
  await run(['ip', '-n', namespace, 'route', 'replace', 'default', 'via', gateway]);
}

async function ensureInsideBridge(net: string): Promise<void> {
  if (!(await linkExists(net, insideBridge))) {
    const kind = ['type', 'bridge', 'stp_state', '0', 'forward_delay', '0'];
    await run(['ip', '-n', net, 'link', 'add', insideBridge, ...kind]);
  }
  await run(['ip', '-n', net, 'link', 'set', insideBridge, 'up']);
}

/** Takes everything away that the two functions above make; what is not there is no error. */
export async function removeNetwork(
  settings: Pick<LabSettings, 'name'>,
  hosts: readonly string[],
): Promise<void> {
  const names = machineNames(settings);
  // The kernel takes a namespace's interfaces away some time after the namespace; a cable goes at once, both ends.
  for (const cable of [names.hostsInterface, names.providerInterface]) {
    if (interfaceExists(cable)) await run(['ip', 'link', 'delete', cable]);
  }
  const net = names.networkNamespace;
  if (namespaceExists(net)) {
    for (const link of [
      ...hosts.flatMap((host) => [`${host}-0`, `${host}-1`, `${host}-2`]),
      insideBridge,
      hostsBridge,
      providerBridge,
    ]) {
      await runAnyway(['ip', '-n', net, 'link', 'delete', link]);
    }
  }
  for (const namespace of [...hosts.map(names.hostNamespace), net]) await removeNamespace(namespace);
}

export async function removeHostNetwork(settings: Pick<LabSettings, 'name'>, host: string): Promise<void> {
  const names = machineNames(settings);
  for (const end of [`${host}-0`, `${host}-1`, `${host}-2`]) {
    if (namespaceExists(names.networkNamespace)) {
      await runAnyway(['ip', '-n', names.networkNamespace, 'link', 'delete', end]);
    }
  }
  await removeNamespace(names.hostNamespace(host));
}

async function removeNamespace(namespace: string): Promise<void> {
  for (let attempt = 0; namespaceExists(namespace); attempt += 1) {
    const { code, stderr } = await runAnyway(['ip', 'netns', 'delete', namespace]);
    if (code === 0) return;
    if (attempt > 20) {
      throw new LabError('WB_LAB_NETWORK', `Cannot delete network namespace ${namespace}: ${stderr}`);
    }
    await sleep(100);
  }
}
