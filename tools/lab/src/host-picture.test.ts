import { describe, expect, it } from 'vitest';
import type { GuestFacts, HostFacts } from './host-facts.js';
import { drawHost, legend, type PicturedHost } from './host-picture.js';

const cell = (id: number, cores: number[][]) => ({
  id,
  socket: id,
  memoryMib: 8192,
  freeMib: 3012,
  hugepages: [
    { sizeKib: 2048, total: 512, free: 448 },
    { sizeKib: 1_048_576, total: 4, free: 4 },
  ],
  cores,
});

const thread = (allowed: string, lastOn = 0) => ({ allowed, lastOn });

const guest = (domain: string, name: string, vcpus: string[], emulator: string): GuestFacts => ({
  domain,
  id: 'uuid',
  name,
  pid: 1,
  vcpus: vcpus.map((allowed, id) => ({ id, ...thread(allowed) })),
  ioThreads: [],
  emulator: thread(emulator),
});

const facts: HostFacts = {
  online: '0-2,4-7',
  offline: '3',
  cells: [
    cell(0, [
      [0, 4],
      [1, 5],
    ]),
    cell(1, [[2, 6], [3], [7]]),
  ],
  guests: [],
};

const host: PicturedHost = { dedicatedCpus: '0,3-4,7', sharedCpus: '1,5', emulated: true, facts };

const plain = { columns: 80, paint: (_style: string, text: string) => text };

describe('the picture of a host', () => {
  it('has a box for each core, with the set of each CPU, and the memory of each cell', () => {
    expect(drawHost(host, plain)).toEqual([
      '2 sockets, 2 NUMA cells, 5 cores, 8 CPUs, emulated',
      'socket 0, cell 0: 3012 of 8192 MiB free, 448 of 512 pages of 2 MiB, 4 of 4 pages of 1 GiB',
      '┌─────┬─────┐',
      '│ 0 D │ 1 S │',
      '│ 4 D │ 5 S │',
      '└─────┴─────┘',
      'socket 1, cell 1: 3012 of 8192 MiB free, 448 of 512 pages of 2 MiB, 4 of 4 pages of 1 GiB',
      '┌─────┬─────┬─────┐',
      '│ 2 - │ 3 x │ 7 D │',
      '│ 6 - │     │     │',
      '└─────┴─────┴─────┘',
    ]);
  });

  it('shows on which CPU each vCPU sits, and names guests and their emulator threads', () => {
    const guests = [
      guest('instance-00000001', 'web', ['0', '4'], '1,5'),
      guest('instance-0000000a', 'db', ['7', '1,5'], '7'),
    ];
    const lines = drawHost({ ...host, facts: { ...facts, guests } }, plain);
    expect(lines).toContain('│ 0 D a0 │ 1 S    │');
    expect(lines).toContain('│ 4 D a1 │ 5 S    │');
    expect(lines).toContain('│ 2 -       │ 3 x       │ 7 D b0 bE │');
    expect(lines.slice(-2)).toEqual([
      'a  web (instance-00000001): vCPU 0 on 0, vCPU 1 on 4, emulator on 1,5',
      'b  db (instance-0000000a): vCPU 0 on 7, vCPU 1 on 1,5, emulator on 7',
    ]);
  });

  it('names I/O threads too, and a guest that Nova does not know by its domain', () => {
    const strange = { ...guest('mine', '', ['0'], '1'), name: null, ioThreads: [{ id: 1, ...thread('1') }] };
    expect(drawHost({ ...host, facts: { ...facts, guests: [strange] } }, plain).at(-1)).toBe(
      'a  mine: vCPU 0 on 0, emulator on 1, I/O thread 1 on 1',
    );
  });

  it('breaks a row of cores that is wider than the terminal', () => {
    const wide = { ...facts, cells: [cell(0, [[0], [1], [2], [4], [5]])] };
    const lines = drawHost({ ...host, facts: wide }, { ...plain, columns: 20 });
    expect(lines.slice(2)).toEqual([
      '┌─────┬─────┬─────┐',
      '│ 0 D │ 1 S │ 2 - │',
      '├─────┼─────┼─────┘',
      '│ 4 D │ 5 S │',
      '└─────┴─────┘',
    ]);
  });

  it('has colours where it is painted, and the same text', () => {
    const paint = (style: string, text: string) => `<${style}>${text}</>`;
    const lines = drawHost(host, { columns: 80, paint });
    expect(lines).toContain('│ <dedicated>0 D</> │ <shared>1 S</> │');
    expect(lines.map((line) => line.replaceAll(/<[^>]*>/g, ''))).toEqual(drawHost(host, plain));
  });

  it('says what its letters mean', () => {
    expect(legend(plain)).toBe(
      'D dedicated  S shared  - neither  x offline  a0 vCPU 0 of guest a  aE its emulator',
    );
  });
});
