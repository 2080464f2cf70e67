import { formatSubnet, overlap, parseNetwork, type Subnet } from './ipv4.js';

/** What the machine's network has already, read with iproute2. */
export interface NetworkFacts {
  readonly interfaces: readonly string[];
  readonly addresses: readonly { readonly network: string; readonly interface: string }[];
  readonly routes: readonly { readonly network: string; readonly via: string }[];
  readonly namespaces: readonly string[];
  readonly cgroups: readonly string[];
}

export interface Wanted {
  readonly subnet: Subnet;
  readonly providerSubnet: Subnet;
  readonly interfaces: readonly string[];
  readonly namespaces: readonly string[];
  readonly cgroups: readonly string[];
}

/**
 * What is in the way of a lab, each with the option that avoids it; empty when nothing is. An address that lies in one of
 * the lab's networks is reported once, although the machine has a route to it too.
 */
export function findCollisions(wanted: Wanted, facts: NetworkFacts): string[] {
  const networks = [
    [wanted.subnet, '--subnet'],
    [wanted.providerSubnet, '--provider-subnet'],
  ] as const;
  const found: string[] = [];
  for (const [subnet, option] of networks) {
    const inTheWay = new Map<string, string>();
    for (const { network, interface: name } of facts.addresses) {
      if (overlap(parseNetwork(network), subnet)) {
        inTheWay.set(formatSubnet(parseNetwork(network)), `address ${network} of interface ${name}`);
      }
    }
    for (const { network, via } of facts.routes) {
      const parsed = parseNetwork(network);
      const key = formatSubnet(parsed);
      // A default route leads everywhere and is in nobody's way.
      if (parsed.prefix > 0 && overlap(parsed, subnet) && !inTheWay.has(key) && parsed.prefix < 32) {
        inTheWay.set(key, `route ${network} (${via})`);
      }
    }
    for (const what of inTheWay.values()) {
      found.push(`The network ${formatSubnet(subnet)} is taken by ${what}; choose another with ${option}.`);
    }
  }
  const names = [
    ['an interface', wanted.interfaces, facts.interfaces],
    ['a network namespace', wanted.namespaces, facts.namespaces],
    ['a control group', wanted.cgroups, facts.cgroups],
  ] as const;
  for (const [kind, ours, theirs] of names) {
    for (const name of ours.filter((each) => theirs.includes(each))) {
      found.push(`There is ${kind} ${name} that this lab has not made; choose another name with --name.`);
    }
  }
  return found;
}

interface IpAddress {
  readonly ifname?: string;
  readonly addr_info?: readonly {
    readonly family?: string;
    readonly local?: string;
    readonly prefixlen?: number;
  }[];
}

interface IpRoute {
  readonly dst?: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly type?: string;
  readonly table?: string;
}

/** Out of `ip -j address`, `ip -j route show table all` and `ip netns list`. */
export function networkFacts(
  addressJson: string,
  routeJson: string,
  namespaceList: string,
  cgroups: readonly string[],
): NetworkFacts {
  const links = JSON.parse(addressJson.trim() === '' ? '[]' : addressJson) as IpAddress[];
  const routes = JSON.parse(routeJson.trim() === '' ? '[]' : routeJson) as IpRoute[];
  return {
    interfaces: links.flatMap(({ ifname }) => (ifname === undefined ? [] : [ifname])),
    addresses: links.flatMap(({ ifname = '', addr_info = [] }) =>
      addr_info.flatMap(({ family, local, prefixlen }) =>
        family === 'inet' && local !== undefined && prefixlen !== undefined
          ? [{ network: `${local}/${prefixlen}`, interface: ifname }]
          : [],
      ),
    ),
    routes: routes.flatMap(({ dst = 'default', dev, gateway, type, table }) => {
      if (dst === 'default' || !dst.includes('.') || type === 'broadcast' || type === 'multicast') return [];
      const via = [
        dev === undefined ? undefined : `dev ${dev}`,
        gateway === undefined ? undefined : `via ${gateway}`,
        type,
        table === undefined ? undefined : `table ${table}`,
      ];
      return [{ network: dst, via: via.filter((part) => part !== undefined).join(' ') || 'no device' }];
    }),
    namespaces: namespaceList
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter((name) => name !== ''),
    cgroups,
  };
}
