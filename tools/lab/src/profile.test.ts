import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { LabError } from './errors.js';
import { parseProfile } from './profile.js';
import { loadProfile, profileNames } from './profiles.js';

const good = `description: for tests
topology:
  sockets: 2
  cores_per_cell: 2
  threads_per_core: 2
  memory_per_cell: 4 GiB
  hugepages_per_cell: { 2 MiB: 256, 1 GiB: 1 }
hosts:
  controller:
    dedicated: 0-3
    shared: 4-5
  compute1:
    topology:
      cores_per_cell: 4
      memory_per_cell: 512 MiB
    dedicated: 3
    reserved_memory: 1 GiB
    pmem: { 32 MiB: 2 }
`;

/** What is said of a profile that is wrong. */
function complaints(text: string): string[] {
  try {
    parseProfile(text, 'mine.yaml');
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    expect(error).toMatchObject({ code: 'WB_LAB_PROFILE', exitCode: 2 });
    return error.message.split('\n').slice(1);
  }
  throw new Error('It was accepted.');
}

/** The good profile with one line changed. */
const changed = (line: string, to: string): string => {
  expect(good).toContain(line);
  return good.replace(line, to);
};

describe('a profile', () => {
  it('gives each host its topology, CPU sets and reserved memory', () => {
    const { description, emulate, hosts } = parseProfile(good, 'mine.yaml');
    expect({ description, emulate }).toEqual({ description: 'for tests', emulate: 'always' });
    expect(hosts.map(({ name }) => name)).toEqual(['controller', 'compute1']);
    const [controller, compute] = hosts;
    expect(controller).toMatchObject({ dedicated: '0-3', shared: '4-5', reservedMemoryMib: 512, pmem: [] });
    expect(compute).toMatchObject({ dedicated: '3', shared: '', reservedMemoryMib: 1024 });
    expect(compute?.pmem).toEqual([{ sizeMib: 32, count: 2 }]);
    expect(controller?.topology).toEqual({
      sockets: 2,
      cellsPerSocket: 1,
      coresPerCell: 2,
      threadsPerCore: 2,
      memoryMiBPerCell: 4096,
      distances: { sameSocket: 12, otherSocket: 21 },
      hugepages: [
        { sizeKiB: 2048, perCell: 256 },
        { sizeKiB: 1_048_576, perCell: 1 },
      ],
    });
    expect(compute?.topology).toMatchObject({ sockets: 1, threadsPerCore: 1, memoryMiBPerCell: 512 });
  });

  it('has the control plane first, wherever it stands', () => {
    const text = `description: d\nhosts:\n  one: &host\n    topology: { cores_per_cell: 1, memory_per_cell: 1 GiB }\n    shared: 0\n  controller: *host\n`;
    expect(parseProfile(text, 'mine.yaml').hosts.map(({ name }) => name)).toEqual(['controller', 'one']);
  });

  it('that is no YAML is refused with the line', () => {
    expect(complaints('description: d\nhosts: {\n')[0]).toMatch(/^ {2}mine\.yaml:\d+: the file is no YAML: /);
  });

  it.each([
    [
      'a name that means nothing, with the nearest',
      changed('    dedicated: 3', '    dedictated: 3'),
      'mine.yaml:16: hosts.compute1.dedictated means nothing here. Did you mean dedicated?',
    ],
    [
      'a name that is near none, with all',
      changed('description: for tests', 'description: d\nflavours: 3'),
      'mine.yaml:2: flavours means nothing here. Known: description, emulate, deployment, topology, hosts.',
    ],
    [
      'an unknown size of hugepages',
      changed('2 MiB: 256', '4 MiB: 256'),
      'mine.yaml:7: topology.hugepages_per_cell.4 MiB means nothing here. Did you mean 2 MiB?',
    ],
    [
      'a number out of range',
      changed('  sockets: 2', '  sockets: 0'),
      'mine.yaml:3: topology.sockets must be a whole number from 1 to 8.',
    ],
    [
      'a size without a unit',
      changed('memory_per_cell: 512 MiB', 'memory_per_cell: 512'),
      'mine.yaml:15: hosts.compute1.topology.memory_per_cell must be a size such as 512 MiB or 8 GiB.',
    ],
    [
      'something that is missing',
      changed('      cores_per_cell: 4\n', ''),
      'mine.yaml:13: hosts.compute1.topology.cores_per_cell is missing; it must be a whole number from 1 to 128.',
    ],
    [
      'a host without a topology',
      'description: d\nhosts:\n  controller: { shared: 0 }\n',
      'mine.yaml:3: hosts.controller has no topology. Give it one, or the profile as a whole.',
    ],
    [
      'a host that can have no such name',
      changed('  compute1:', '  Compute_1:'),
      'mine.yaml:12: hosts.Compute_1 must be a letter and up to ten small letters or digits.',
    ],
    [
      'no host for the control plane',
      changed('  controller:', '  control:'),
      'mine.yaml:8: hosts has no controller. One host must have that name; it carries the control plane too.',
    ],
    [
      'CPUs that are no set',
      changed('dedicated: 0-3', 'dedicated: 3-0'),
      'mine.yaml:10: hosts.controller.dedicated is no CPU set: "3-0", column 1: "3-0" is no CPU, range or exclusion.',
    ],
    [
      'CPUs that the host does not have',
      changed('dedicated: 0-3', 'dedicated: 0-3,8-9'),
      'mine.yaml:10: hosts.controller.dedicated has 8-9, and the host has 0-7.',
    ],
    [
      'CPUs that are dedicated and shared',
      changed('shared: 4-5', 'shared: 3-5'),
      'mine.yaml:11: hosts.controller.shared has 3, which dedicated has too.',
    ],
    [
      'a host without CPUs for guests',
      changed('    dedicated: 3\n', ''),
      'mine.yaml:12: hosts.compute1 has no CPUs for guests. Give it dedicated or shared ones.',
    ],
    [
      'hugepages that leave nothing of the memory of a cell',
      changed('1 GiB: 1 }', '1 GiB: 4 }'),
      "mine.yaml:2: topology cannot be: Hugepages leave -512 MiB of each cell's 4096; at least 256 must stay.",
    ],
    [
      'a host with more CPUs than can be shown',
      changed('  sockets: 2\n  cores_per_cell: 2', '  sockets: 3\n  cores_per_cell: 128'),
      'mine.yaml:2: topology cannot be: 768 CPUs are more than the 512 that can be emulated.',
    ],
  ])('is refused for %s', (_what, text, complaint) => {
    expect(complaints(text)).toEqual([`  ${complaint}`]);
  });

  it('is told all that is wrong at once', () => {
    const text = changed('  sockets: 2', '  sockets: two').replace('shared: 4-5', 'share: 4-5');
    expect(complaints(text)).toHaveLength(2);
  });
});

describe('the profiles of the lab', () => {
  it('are all good, and say what they are for', async () => {
    const names = await profileNames();
    expect(names).toEqual(['devstack', 'nfv', 'nfv-smt', 'small', 'three-hosts', 'tripleo']);
    for (const name of names) expect((await loadProfile(name)).description).not.toBe('');
  });

  it('let no two hosts dedicate the same CPU, nor share the same ones', async () => {
    for (const name of await profileNames()) {
      const { hosts } = await loadProfile(name);
      const dedicated = hosts.flatMap(({ dedicated: cpus }) => CpuSet.parse(cpus).ids);
      expect(new Set(dedicated).size, name).toBe(dedicated.length);
      expect(new Set(hosts.map(({ shared }) => shared)).size, name).toBe(hosts.length);
    }
  });

  it('that nobody wrote is refused with the nearest', async () => {
    await expect(loadProfile('three-host')).rejects.toMatchObject({
      code: 'WB_LAB_PROFILE',
      message: 'There is no profile three-host.',
      details: { advice: 'Did you mean three-hosts? Or give the path of a YAML file: ./three-host.yaml' },
    });
    await expect(loadProfile('/nowhere/mine.yaml')).rejects.toMatchObject({ code: 'WB_LAB_PROFILE' });
  });
});
