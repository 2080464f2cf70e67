import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import {
  everyExtra,
  everyInstance,
  everyXml,
  firstOf,
  migration,
  of,
  type Guest,
} from './testing/change-snapshot.js';
import { goodSnapshot, numaId, type FullSnapshot } from './testing/good-snapshot.js';
import { migrationContext } from './testing/migration-context.js';

const move = migration({
  status: 'running',
  inProgress: true,
  sourceCompute: 'compute1',
  destCompute: 'compute2',
});

/** The pinned guest goes from CPUs 2 and 3 of compute1 to 6 and 7 of compute2; Placement has both. */
function moving(): FullSnapshot {
  const snapshot = goodSnapshot();
  const guest = of.pinned(snapshot);
  snapshot.migrations.push(move);
  everyInstance(snapshot, guest, (row) => (row.taskState = 'migrating'));
  everyExtra(snapshot, guest, (extra) => (extra.migrationContext = context()));
  const { allocations } = of.root(snapshot);
  const amounts = allocations[numaId] ?? {};
  of.root(snapshot).allocations = { ...without(allocations, numaId), [move.uuid ?? '']: amounts };
  guest.allocations = [{ providerId: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', resources: amounts }];
  return snapshot;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function topology(pins: readonly [number, number]): ReturnType<typeof of.topology> {
  const from: Guest = of.pinned(goodSnapshot());
  of.cell(from).cpuPinning = new Map(pins.entries());
  return of.topology(from);
}

function context(): ReturnType<typeof migrationContext> {
  return migrationContext(move.id, topology([2, 3]), topology([6, 7]));
}

function pin(snapshot: FullSnapshot, vcpu: number, cpu: number): void {
  everyXml(snapshot, of.pinned(snapshot), (xml) => xml.cpuTune.vcpuPins.set(vcpu, CpuSet.of(cpu)));
}

function texts(snapshot: FullSnapshot): readonly string[] {
  const { violations } = judge(snapshot);
  expect(violations.every(({ transient }) => transient)).toBe(true);
  return violations.map(({ text }) => text);
}

describe('judge of a server that moves', () => {
  it('takes pins of either side', () => {
    const snapshot = moving();
    expect(texts(snapshot)).toEqual([]);
    pin(snapshot, 0, 6);
    pin(snapshot, 1, 7);
    expect(texts(snapshot)).toEqual([]);
  });

  it('finds a pin of neither side, which may still pass', () => {
    const snapshot = moving();
    pin(snapshot, 0, 5);
    expect(texts(snapshot)).toEqual([
      expect.stringMatching(/^I6 .*vCPU 0: expected CPU 2 or 6 \(database\), found 5 \(domain XML\)/),
    ]);
  });

  it('does not hold a guest to pins that one side does not have', () => {
    const snapshot = moving();
    const none = { ...context(), newNumaTopology: null };
    everyExtra(snapshot, of.pinned(snapshot), (extra) => Object.assign(extra, { migrationContext: none }));
    pin(snapshot, 0, 5);
    expect(texts(snapshot)).toEqual([]);
  });

  it('takes what a compute accounts for with and without the move', () => {
    const snapshot = moving();
    const cell = of.nodeCell(snapshot);
    Object.assign(cell, { pinnedCpus: CpuSet.of(2, 3, 6, 7), memoryUsageMiB: 256 });
    firstOf(cell.pages.slice(1)).used = 128;
    expect(texts(snapshot)).toEqual([]);
    Object.assign(cell, { pinnedCpus: CpuSet.empty, memoryUsageMiB: 0 });
    firstOf(cell.pages.slice(1)).used = 0;
    expect(texts(snapshot)).toEqual([]);
  });

  it('finds that a compute accounts for what nobody has on either side', () => {
    const snapshot = moving();
    Object.assign(of.nodeCell(snapshot), {
      pinnedCpus: CpuSet.of(2, 3, 5),
      memoryUsageMiB: 257,
      cpuUsage: 1,
    });
    expect(texts(snapshot)).toEqual([
      expect.stringMatching(/^I11 compute1: pinned_cpus of cell 0: expected none to 2-3,6-7 .*found 2-3,5/),
      expect.stringMatching(/^I22 compute1: memory_usage of cell 0: expected 0 to 256 .*found 257/),
      expect.stringMatching(/^I22 compute1: cpu_usage of cell 0: expected 0 .*found 1 /),
    ]);
  });

  it('finds that a compute does not account for a server that stays, while another moves', () => {
    const snapshot = goodSnapshot();
    const task = (row: { taskState: string | null }): string => (row.taskState = 'rebooting');
    everyInstance(snapshot, of.floating(snapshot), task);
    of.nodeCell(snapshot).pinnedCpus = CpuSet.of(2);
    expect(texts(snapshot)).toEqual([
      expect.stringMatching(/^I11 .*expected 2-3 .*found 2 \(compute_nodes\)/),
    ]);
  });

  it('takes the allocation of the migration for that of the server, and the other way round', () => {
    const snapshot = moving();
    const root = of.root(snapshot);
    root.allocations = {
      ...without(root.allocations, move.uuid ?? ''),
      [numaId]: { PCPU: 2, MEMORY_MB: 128, DISK_GB: 1 },
    };
    expect(texts(snapshot)).toEqual([]);
  });

  it('finds that neither the server nor its migration has what the flavor asks for', () => {
    const snapshot = moving();
    of.root(snapshot).allocations[move.uuid ?? ''] = { PCPU: 1, MEMORY_MB: 128, DISK_GB: 1 };
    expect(texts(snapshot)).toEqual([
      expect.stringMatching(
        /^I36 .*allocation of compute1: expected PCPU 2, MEMORY_MB 128, DISK_GB 1 \(flavor\) of the server or its migration, found PCPU 1, MEMORY_MB 128, DISK_GB 1 \(Placement\)/,
      ),
    ]);
  });

  it('does not miss what cannot be read of it: where it is may have changed meanwhile', () => {
    const snapshot = moving();
    const guests = [{ ...of.pinned(snapshot), live: undefined }];
    const { violations, unchecked } = judge({ ...snapshot, guests, hosts: [] });
    expect(violations).toEqual([]);
    expect(unchecked.filter(({ subject }) => subject !== undefined)).toEqual([]);
  });

  it('takes the flavor that a resize comes from and the one that it goes to', () => {
    const snapshot = moving();
    everyExtra(snapshot, of.pinned(snapshot), ({ flavors }) => {
      if (flavors === null) return;
      flavors.old = { ...flavors.current };
      flavors.current = { ...flavors.current, memoryMiB: 256 };
    });
    expect(texts(snapshot)).toEqual([]);
  });
});
