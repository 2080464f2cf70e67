import { describe, expect, it } from 'vitest';
import { findCollisions, networkFacts, type NetworkFacts, type Wanted } from './collisions.js';
import { parseNetwork } from './ipv4.js';

const wanted: Wanted = {
  subnet: parseNetwork('172.30.240.0/24'),
  providerSubnet: parseNetwork('172.30.241.0/24'),
  interfaces: ['wb-mgmt', 'wb-prov'],
  namespaces: ['wb-net', 'wb-controller', 'wb-compute1'],
  cgroups: ['wb-controller', 'wb-compute1'],
};

const nothing: NetworkFacts = { interfaces: [], addresses: [], routes: [], namespaces: [], cgroups: [] };

describe('what is in the way of a lab', () => {
  it('is nothing on a machine with other networks and a default route', () => {
    const facts = networkFacts(
      JSON.stringify([
        { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
        { ifname: 'eth0', addr_info: [{ family: 'inet', local: '192.0.2.2', prefixlen: 24 }] },
      ]),
      JSON.stringify([
        { dst: 'default', gateway: '192.0.2.1', dev: 'eth0' },
        { dst: '192.0.2.0/24', dev: 'eth0' },
        { type: 'broadcast', dst: '192.0.2.255', dev: 'eth0', table: 'local' },
      ]),
      'other (id: 0)\n',
      ['system.slice'],
    );
    expect(findCollisions(wanted, facts)).toEqual([]);
  });

  it('is an address in one of its networks, with its interface and the option that helps', () => {
    const facts = { ...nothing, addresses: [{ network: '172.30.240.1/24', interface: 'docker0' }] };
    expect(findCollisions(wanted, facts)).toEqual([
      'The network 172.30.240.0/24 is taken by address 172.30.240.1/24 of interface docker0; choose another with --subnet.',
    ]);
  });

  it('is a route through a gateway to a larger network', () => {
    const facts = networkFacts(
      '[]',
      JSON.stringify([{ dst: '172.16.0.0/12', gateway: '10.0.0.1', dev: 'tun0', table: 'vpn' }]),
      '',
      [],
    );
    expect(findCollisions(wanted, facts)).toEqual([
      'The network 172.30.240.0/24 is taken by route 172.16.0.0/12 (dev tun0 via 10.0.0.1 table vpn); choose another with --subnet.',
      'The network 172.30.241.0/24 is taken by route 172.16.0.0/12 (dev tun0 via 10.0.0.1 table vpn); choose another with --provider-subnet.',
    ]);
  });

  it('is told once for an address and the route that comes with it', () => {
    const facts = {
      ...nothing,
      addresses: [{ network: '172.30.241.1/24', interface: 'x-prov' }],
      routes: [
        { network: '172.30.241.0/24', via: 'dev x-prov' },
        { network: '172.30.241.1', via: 'dev x-prov local table local' },
      ],
    };
    expect(findCollisions(wanted, facts)).toHaveLength(1);
  });

  it('is an interface, a namespace or a control group with its name', () => {
    const facts = {
      ...nothing,
      interfaces: ['lo', 'wb-mgmt'],
      namespaces: ['wb-controller'],
      cgroups: ['wb-compute1', 'user.slice'],
    };
    expect(findCollisions(wanted, facts)).toEqual([
      'There is an interface wb-mgmt that this lab has not made; choose another name with --name.',
      'There is a network namespace wb-controller that this lab has not made; choose another name with --name.',
      'There is a control group wb-compute1 that this lab has not made; choose another name with --name.',
    ]);
  });

  it('counts blackholes, and leaves IPv6 and multicast alone', () => {
    const facts = networkFacts(
      '',
      JSON.stringify([
        { type: 'blackhole', dst: '172.30.0.0/16' },
        { dst: 'fd00::/64', dev: 'eth0' },
        { type: 'multicast', dst: '224.0.0.0/4' },
      ]),
      '',
      [],
    );
    expect(facts.routes).toEqual([{ network: '172.30.0.0/16', via: 'blackhole' }]);
    expect(findCollisions(wanted, facts)).toHaveLength(2);
  });
});
