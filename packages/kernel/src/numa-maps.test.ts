import { readFileSync } from 'node:fs';
import { LocalHost } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { memoryBackends } from './guest-memory.js';
import { readGuestMemory, readNumaMaps } from './numa-maps.js';

// A guest of two cells: 64 MiB in huge pages, touched whole, and 32 MiB in ordinary pages, of which 66 are touched.
const recorded = readFileSync(new URL('../testdata/memory-nfv.txt', import.meta.url), 'utf8');
const target = { domain: 'libvirtxml-nfv' };

/** What the script prints for a process with these mappings; sizes in KiB. */
function processWith(
  commandLine: readonly string[],
  mappings: readonly { at: number; kib: number; numa?: string; permissions?: string; file?: string }[],
): FakeHost {
  const maps = mappings.map(({ at, kib, permissions = 'rw-p', file = '' }) => {
    const end = at + kib * 1024;
    return `maps:${at.toString(16)}-${end.toString(16)} ${permissions} 00000000 00:00 0   ${file}`;
  });
  const numa = mappings.map(({ at, numa: text = 'default' }) => `numa_maps:${at.toString(16)} ${text}`);
  const stat = `7 (qemu-kvm) S ${Array.from({ length: 49 }, () => 1).join(' ')}`;
  const printed = ['pid:7', `stat:${stat}`, ...maps, ...numa, '==command line=='].join('\n');
  return new FakeHost({ name: 'compute1' }).on('sh', `${printed}\n${commandLine.join('\0')}\0`);
}

const qemu = ['qemu-kvm', '-name', 'guest=vm,debug-threads=on'];

describe('readNumaMaps', () => {
  it('tells on which nodes and in which pages the memory of each cell lies', async () => {
    const host = new FakeHost().on('sh', recorded);
    const { pid, guestMemory } = await readNumaMaps(host, target);
    expect(host.commands).toHaveLength(1);
    expect(pid).toBe(2435);
    expect(guestMemory.map(({ mappings, ...rest }) => ({ ...rest, mappings: mappings.length }))).toEqual([
      { backend: 'ram-node0', sizeKib: 65_536, pageSizeKib: 2048, pages: new Map([[0, 32]]), mappings: 1 },
      { backend: 'ram-node1', sizeKib: 32_768, pageSizeKib: 4, pages: new Map([[0, 66]]), mappings: 1 },
    ]);
    expect(guestMemory[0]?.mappings[0]).toMatchObject({
      address: '7f0da3e00000',
      permissions: 'rw-s',
      policy: 'bind',
      file: '/memfd:memory-backend-memfd (deleted)',
    });
    expect(String(guestMemory[0]?.mappings[0]?.policyNodes)).toBe('0');
  });

  it('gives every mapping of the process', async () => {
    const { mappings } = await readNumaMaps(new FakeHost().on('sh', recorded), target);
    expect(mappings.length).toBeGreaterThan(100);
    const heap = mappings.find(({ file }) => file === '[heap]');
    expect(heap).toMatchObject({ permissions: 'rw-p', pageSizeKib: 4 });
    expect(heap?.pages.get(0)).toBeGreaterThan(0);
  });

  // The names of policy_modes and the flags of mpol_to_str in Linux, mm/mempolicy.c.
  it.each([
    ['default', 'default', undefined],
    ['local', 'local', undefined],
    ['prefer:1', 'prefer', '1'],
    ['prefer (many):0-1', 'prefer (many)', '0-1'],
    ['weighted interleave:0,2-3', 'weighted interleave', '0,2-3'],
    ['interleave=static:0-1', 'interleave', '0-1'],
    ['bind=static|balancing:0-1', 'bind', '0-1'],
  ])('reads the policy %j', async (printed, policy, nodes) => {
    const host = processWith(qemu, [
      { at: 0x10_0000, kib: 64, numa: `${printed} anon=3 N1=3 kernelpagesize_kB=4` },
    ]);
    const { mappings } = await readNumaMaps(host, { domain: 'vm' });
    expect(mappings).toMatchObject([{ policy, pages: new Map([[1, 3]]) }]);
    expect(mappings[0]?.policyNodes?.toString()).toBe(nodes);
  });

  it('reads a mapping of which the kernel says nothing but the policy', async () => {
    const { mappings } = await readNumaMaps(processWith(qemu, [{ at: 0x10_0000, kib: 64, numa: 'bind:0' }]), {
      domain: 'vm',
    });
    expect(mappings).toMatchObject([{ policy: 'bind', pageSizeKib: undefined, pages: new Map() }]);
  });

  it('adds up neighbours that together are the memory of the guest, on several nodes', async () => {
    const host = processWith(
      [...qemu, '-object', 'memory-backend-ram,id=ram-node0,size=8M,host-nodes=0-1,policy=interleave'],
      [
        { at: 0x10_0000, kib: 4096, numa: 'interleave:0-1 anon=9 N0=5 N1=4 kernelpagesize_kB=4' },
        { at: 0x50_0000, kib: 4096, numa: 'interleave:0-1 anon=2 N1=2 kernelpagesize_kB=4' },
        { at: 0xa0_0000, kib: 4096, numa: 'default anon=7 N0=7 kernelpagesize_kB=4' },
      ],
    );
    const { guestMemory } = await readNumaMaps(host, { domain: 'vm' });
    expect(guestMemory).toHaveLength(1);
    expect([...(guestMemory[0]?.pages ?? [])]).toEqual([
      [0, 5],
      [1, 6],
    ]);
    expect(String(guestMemory[0]?.mappings[0]?.policyNodes)).toBe('0-1');
  });

  it('gives two cells of one size two mappings, and takes no empty buffer of that size for one', async () => {
    const cell = (id: number): string =>
      JSON.stringify({ 'qom-type': 'memory-backend-ram', id: `ram-node${id}`, size: 4_194_304 });
    const host = processWith(
      [...qemu, '-object', cell(0), '-object', cell(1)],
      [
        { at: 0x10_0000, kib: 4096 },
        { at: 0x90_0000, kib: 4096, permissions: '---p' },
        { at: 0x110_0000, kib: 4096, numa: 'bind:1 anon=3 N1=3 kernelpagesize_kB=4' },
        { at: 0x210_0000, kib: 4096, numa: 'bind:0 anon=9 N0=9 kernelpagesize_kB=4' },
      ],
    );
    const { guestMemory } = await readNumaMaps(host, { domain: 'vm' });
    expect(guestMemory.map(({ pages }) => [...pages])).toEqual([[[0, 9]], [[1, 3]]]);
  });

  it('fails when the memory of the guest is not among the mappings, instead of giving nothing', async () => {
    const host = processWith([...qemu, '-m', 'size=1024k'], [{ at: 0x10_0000, kib: 4096 }]);
    const reading = readNumaMaps(host, { domain: 'vm' });
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_GUEST_MEMORY', host: 'compute1' });
    await expect(reading).rejects.toThrow(/no mapping has the 1024 KiB of the memory backend ram/);
  });

  it('says that it needs root where only root may read', async () => {
    const { stdout } = await processWith(qemu, []).exec(['sh']);
    const reply = { stdout, stderr: 'grep: maps: Permission denied', exitCode: 0 };
    const reading = readNumaMaps(new FakeHost().on('sh', reply), { domain: 'vm' });
    await expect(reading).rejects.toMatchObject({ code: 'WB_KERNEL_DENIED' });
  });

  it.runIf(process.platform === 'linux')('reads the mappings of a process of this machine', async () => {
    const { mappings, guestMemory } = await readNumaMaps(new LocalHost(), { pid: process.pid });
    expect(guestMemory).toEqual([]);
    const pages = mappings.flatMap((mapping) => [...mapping.pages.values()]);
    expect(pages.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
  });
});

describe('readGuestMemory', () => {
  const inTwoParts = [...qemu, '-object', 'memory-backend-ram,id=ram-node0,size=8M'];
  const cell = 'memory-backend-ram,id=a,size=4M';

  it.each<[string, FakeHost, number]>([
    ['a recorded guest', new FakeHost().on('sh', recorded), 2],
    [
      'memory that the kernel has split',
      processWith(inTwoParts, [
        { at: 0x10_0000, kib: 4096, numa: 'default anon=9 N0=9 kernelpagesize_kB=4' },
        { at: 0x50_0000, kib: 4096, numa: 'default anon=2 N1=2 kernelpagesize_kB=4' },
      ]),
      1,
    ],
    [
      'two cells of which one is split',
      processWith(
        [...qemu, '-object', cell, '-object', cell.replace('id=a', 'id=b')],
        [
          { at: 0x10_0000, kib: 4096, numa: 'bind:0 anon=9 N0=9 kernelpagesize_kB=4' },
          { at: 0x210_0000, kib: 2048, numa: 'bind:1 anon=1 N1=1 kernelpagesize_kB=4' },
          { at: 0x230_0000, kib: 2048, numa: 'bind:1 anon=2 N1=2 kernelpagesize_kB=4' },
        ],
      ),
      2,
    ],
    ['a process that is no guest', processWith(qemu, [{ at: 0x10_0000, kib: 64 }]), 0],
  ])('says of %s what readNumaMaps says', async (name, host, backends) => {
    const of = name === 'a recorded guest' ? target : { domain: 'vm' };
    const memory = await readGuestMemory(host, of);
    expect(memory).toHaveLength(backends);
    expect(memory).toEqual((await readNumaMaps(host, of)).guestMemory);
  });

  it('fails when the memory of the guest is not among the mappings', async () => {
    const host = processWith([...qemu, '-m', 'size=1024k'], [{ at: 0x10_0000, kib: 4096 }]);
    await expect(readGuestMemory(host, { domain: 'vm' })).rejects.toMatchObject({
      code: 'WB_KERNEL_GUEST_MEMORY',
    });
  });
});

describe('memoryBackends', () => {
  it.each<[string, string[], unknown]>([
    [
      'JSON, as libvirt writes it today',
      ['-object', '{"qom-type":"memory-backend-file","id":"ram-node0","size":1073741824}'],
      [{ id: 'ram-node0', sizeKib: 1_048_576 }],
    ],
    [
      'the older form',
      ['-object', 'memory-backend-memfd,id=ram-node1,hugetlb=yes,size=536870912'],
      [{ id: 'ram-node1', sizeKib: 524_288 }],
    ],
    ['units', ['-object', 'memory-backend-ram,id=a,size=2G'], [{ id: 'a', sizeKib: 2_097_152 }]],
    ['-m in MiB', ['-m', '128'], [{ id: 'ram', sizeKib: 131_072 }]],
    [
      '-m with unit and more',
      ['-m', 'size=131072k,slots=16,maxmem=8388608k'],
      [{ id: 'ram', sizeKib: 131_072 }],
    ],
    ['other objects', ['-object', '{"qom-type":"iothread","id":"iothread1"}'], []],
    [
      'the backend before -m',
      ['-m', '128', '-object', '{"qom-type":"memory-backend-ram","id":"pc.ram","size":134217728}'],
      [{ id: 'pc.ram', sizeKib: 131_072 }],
    ],
  ])('reads %s', (_, commandLine, expected) => {
    expect(memoryBackends(commandLine)).toEqual(expected);
  });
});
