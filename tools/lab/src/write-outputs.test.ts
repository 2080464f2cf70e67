import { describe, expect, it } from 'vitest';
import { debian12 } from './distribution.js';
import type { HostFacts } from './host-facts.js';
import { parseNetwork } from './ipv4.js';
import { hostsFor } from './lab-hosts.js';
import { labPaths } from './names.js';
import { describeLab } from './describe-lab.js';
import { nodesYaml } from './nodes-yaml.js';
import type { OutputContext } from './output-context.js';
import { tempestConf } from './tempest-conf.js';
import { loadProfile } from './profiles.js';
import { makeSecrets } from './secrets.js';
import { resolveSettings } from './settings.js';
import { cellsOf, cpusOf, siblingsOf, socketOfCell, type HostTopology } from './topology/host-topology.js';

/** What a host shows that emulates a topology. */
function factsOf(topology: HostTopology): HostFacts {
  const cells = cellsOf(topology).map((id) => ({
    id,
    socket: socketOfCell(topology, id),
    memoryMib: topology.memoryMiBPerCell,
    freeMib: 1000,
    hugepages: topology.hugepages.map(({ sizeKiB, perCell }) => ({
      sizeKib: sizeKiB,
      total: perCell,
      free: perCell,
    })),
    cores: cpusOf(topology, id)
      .map((cpu) => siblingsOf(topology, cpu))
      .filter((siblings, index, all) => all.findIndex(([first]) => first === siblings[0]) === index),
  }));
  return { online: '', offline: '', cells, guests: [] };
}

async function context(profile: string): Promise<[OutputContext, ReadonlyMap<string, HostFacts>]> {
  const settings = resolveSettings({ profile });
  const { hosts: described } = await loadProfile(profile);
  const hosts = hostsFor(await loadProfile(profile), parseNetwork('10.20.30.0/24'), [0, 1, 2, 3]);
  const facts = new Map(described.map(({ name, topology }) => [name, factsOf(topology)]));
  const secrets = makeSecrets(hosts.map(({ name }) => name));
  return [{ settings, paths: labPaths('/lab'), distribution: debian12, hosts, secrets }, facts];
}

/** Options of one section of an ini file. */
function section(text: string, name: string): Record<string, string> {
  const body = text.split(`[${name}]\n`)[1]?.split('\n[')[0] ?? '';
  return Object.fromEntries(
    body.split('\n').flatMap((line) => (line.includes(' = ') ? [line.split(' = ') as [string, string]] : [])),
  );
}

describe('what a lab tells of its hardware', () => {
  it("is each host's cells, hugepages and sets in lab.json", async () => {
    const [, compute] = describeLab(...(await context('nfv-smt'))).hosts;
    expect(compute).toMatchObject({
      name: 'compute1',
      emulated: true,
      dedicatedCpus: '2-3,6-7,10-11,14-15',
      sharedCpus: '0-1,4-5,8-9,12-13',
    });
    expect(compute?.cells).toEqual([
      {
        id: 0,
        socket: 0,
        memoryMib: 8192,
        cores: [
          [0, 8],
          [1, 9],
          [2, 10],
          [3, 11],
        ],
        hugepages: [
          { sizeKib: 2048, total: 512 },
          { sizeKib: 1_048_576, total: 4 },
        ],
      },
      expect.objectContaining({ id: 1, socket: 1 }),
    ]);
    expect(describeLab(...(await context('small'))).hosts.map(({ emulated }) => emulated)).toEqual([
      false,
      false,
    ]);
  });

  it('is in the words of the predecessor in tempest.conf', async () => {
    const [lab, facts] = await context('nfv-smt');
    const text = tempestConf(lab, facts, ['image', 'other']);
    expect(section(text, 'whitebox-hardware')).toEqual({
      cpu_topology: '0: [0,1,2,3,8,9,10,11], 1: [4,5,6,7,12,13,14,15]',
      socket_topology: '0: [0], 1: [1]',
      smt_hosts: 'controller,compute1',
      configured_hugepage_sizes: '2048,1048576',
      dedicated_cpus_per_numa: '4',
      shared_cpus_per_numa: '4',
      realtime_mask: '1-2',
    });
    expect(section(text, 'whitebox')).toMatchObject({
      max_compute_nodes: '2',
      hugepage_guest_ram_size: '1024',
    });
    expect(section(text, 'compute')).toMatchObject({ min_compute_nodes: '2' });
  });

  it('promises no more than each cell of every host has', async () => {
    const [lab, facts] = await context('nfv');
    expect(section(tempestConf(lab, facts, ['image', 'other']), 'whitebox-hardware')).toMatchObject({
      smt_hosts: 'controller',
      dedicated_cpus_per_numa: '4',
    });
    const [small, smallFacts] = await context('small');
    const text = tempestConf(small, smallFacts, ['image', 'other']);
    expect(section(text, 'whitebox-hardware')).toEqual({
      cpu_topology: '0: [0,1,2,3]',
      socket_topology: '0: [0]',
      dedicated_cpus_per_numa: '2',
      shared_cpus_per_numa: '2',
      realtime_mask: '1',
    });
    expect(section(text, 'whitebox')).not.toHaveProperty('hugepage_guest_ram_size');
  });

  it('is in nodes.yaml by socket and cell', async () => {
    const text = nodesYaml(...(await context('nfv-smt')));
    expect(text).toContain(
      [
        '  cpu_dedicated_set: 2-3,6-7,10-11,14-15',
        '  cpu_shared_set: 0-1,4-5,8-9,12-13',
        '  topology:',
        '    socket-0:',
        '      numa-0:',
        '        cpus: 0-3,8-11',
        '    socket-1:',
        '      numa-1:',
        '        cpus: 4-7,12-15',
        '',
      ].join('\n'),
    );
  });
});

describe('what a lab tells of its parts', () => {
  it('is what it was made with, for us and for tempest', async () => {
    const [all, facts] = await context('small');
    const described = (without?: string) => {
      const own = { ...all, settings: resolveSettings({ profile: 'small', without }) };
      const conf = tempestConf(own, facts, ['a', 'b']);
      const { services, volumeTypes } = describeLab(own, facts);
      const { cinder, barbican } = section(conf, 'service_available');
      const features = section(conf, 'compute-feature-enabled');
      return { services, volumeTypes, cinder, barbican, vtpm: features['vtpm_device_supported'] };
    };
    expect(described()).toEqual({
      services: ['volumes', 'keys'],
      volumeTypes: ['__DEFAULT__', 'lab-encrypted'],
      cinder: 'true',
      barbican: 'true',
      vtpm: 'true',
    });
    expect(described('keys')).toMatchObject({
      volumeTypes: ['__DEFAULT__'],
      barbican: 'false',
      vtpm: 'false',
    });
    expect(described('volumes')).toMatchObject({ services: ['keys'], volumeTypes: [], cinder: 'false' });
  });
});
