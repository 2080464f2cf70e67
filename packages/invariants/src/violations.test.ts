import { CpuSet } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { invariants } from './catalogue.js';
import { identityOf, judge } from './judge.js';
import { existence } from './testing/breaks/existence.js';
import { pinning } from './testing/breaks/pinning.js';
import { hostCpus } from './testing/breaks/host-cpus.js';
import { memory } from './testing/breaks/memory.js';
import { devices } from './testing/breaks/devices.js';
import { placement } from './testing/breaks/placement.js';
import {
  firstOf,
  of,
  everyXml,
  everyExtra,
  everyInstance,
  migration,
  moveThreads,
} from './testing/change-snapshot.js';
import { emptyHost, floatingId, goodSnapshot, numaId } from './testing/good-snapshot.js';
import { migrationContext } from './testing/migration-context.js';

const breaks = [...existence, ...pinning, ...hostCpus, ...memory, ...devices, ...placement];

describe('a bad snapshot', () => {
  it.each(breaks)('violates %s alone: %s', (id, _, change, text) => {
    const snapshot = goodSnapshot();
    change(snapshot);
    const { violations } = judge(snapshot);
    expect([...new Set(violations.map((each) => each.id))]).toEqual([id]);
    expect(violations.map((each) => each.text).join('\n')).toMatch(text);
    for (const { layers, expected, found, subject } of violations) {
      expect([expected, found, subject.name].every((word) => word !== '')).toBe(true);
      expect(layers.every(({ layer, says }) => layer !== '' && says !== '')).toBe(true);
    }
  });

  it('violates I3 and I39 with a root provider of another name', () => {
    const snapshot = goodSnapshot();
    of.root(snapshot).name = 'compute9';
    expect([...new Set(judge(snapshot).violations.map(({ id }) => id))]).toEqual(['I3', 'I39']);
  });

  it('is there for each invariant', () => {
    const covered = new Set([...breaks.map(([id]) => id), 'I39']);
    expect(invariants.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });
});

describe('judge over what Nova does', () => {
  it('does not hold a guest to a configuration that came after its XML', () => {
    const snapshot = goodSnapshot();
    of.host(snapshot).config.startedAt = new Date('2026-11-23T01:30:00Z');
    everyXml(snapshot, of.floating(snapshot), (xml) => (xml.vcpus.cpuset = CpuSet.of(0)));
    moveThreads(of.floating(snapshot), CpuSet.of(0));
    const { violations, unchecked } = judge(snapshot);
    expect(violations).toEqual([]);
    expect(unchecked).toEqual([expect.objectContaining({ id: 'I8' })]);
  });

  it('leaves a server alone that Nova is deleting', () => {
    const snapshot = goodSnapshot();
    everyInstance(snapshot, of.pinned(snapshot), (row) => (row.taskState = 'deleting'));
    of.pinned(snapshot).live?.cpuTune.vcpuPins.set(0, CpuSet.of(6));
    of.nodeCell(snapshot).pinnedCpus = CpuSet.empty;
    of.root(snapshot).allocations[numaId] = { PCPU: 4 };
    expect(judge(snapshot).violations).toEqual([]);
  });

  it('counts on the source what a resize holds that waits for its confirmation', () => {
    const snapshot = goodSnapshot();
    const [pinnedGuest] = [of.pinned(snapshot)];
    const source = emptyHost('compute2');
    const move = migration({ status: 'finished', inProgress: true, type: 'migration' });
    snapshot.migrations.push(move);
    snapshot.hosts.push(source);
    everyInstance(snapshot, pinnedGuest, (row) => (row.vmState = 'resized'));
    const held = of.topology(of.pinned(goodSnapshot()));
    const context = migrationContext(move.id, held, held);
    everyExtra(snapshot, pinnedGuest, (extra) => (extra.migrationContext = context));
    source.extras = [of.extra(pinnedGuest)];
    source.domains = [{ uuid: numaId, name: 'instance-00000001', state: 'shut off' }];
    firstOf(source.providers).allocations = { [move.uuid ?? '']: { PCPU: 2 } };
    const texts = (): string[] => judge(snapshot).violations.map(({ text }) => text);
    expect(texts()).toEqual([
      expect.stringMatching(/^I11 compute2.*expected 2-3/),
      expect.stringMatching(/^I22 compute2.*memory_usage/),
      expect.stringMatching(/^I22 compute2.*pages of 2048/),
    ]);
    const cell = firstOf(source.computeNode?.numaTopology?.cells ?? []);
    Object.assign(cell, { pinnedCpus: CpuSet.of(2, 3), memoryUsageMiB: 128 });
    firstOf(cell.pages.slice(1)).used = 64;
    expect(texts()).toEqual([]);
  });

  it('explains a violation by a known bug of the version, and only of that', () => {
    const snapshot = goodSnapshot();
    snapshot.migrations.push(migration({ instanceUuid: floatingId }));
    everyXml(snapshot, of.floating(snapshot), (xml) => (xml.vcpus.cpuset = CpuSet.of(0)));
    moveThreads(of.floating(snapshot), CpuSet.of(0));
    const bug = (versions: number[]): string | undefined =>
      firstOf(judge({ ...snapshot, novaVersions: versions }).violations).knownBug;
    expect(bug([26])).toBe('lp#1869804, fixed by Nova 30');
    expect(bug([29, 30])).toBe('lp#1869804, fixed by Nova 30');
    expect(bug([30])).toBeUndefined();
  });

  it('knows the same violation again, whatever was found', () => {
    const first = goodSnapshot();
    of.nodeCell(first).pinnedCpus = CpuSet.empty;
    const second = goodSnapshot();
    of.nodeCell(second).pinnedCpus = CpuSet.of(2);
    const [one, other] = [first, second].map((each) => identityOf(firstOf(judge(each).violations)));
    expect(one).toBe(other);
  });
});
