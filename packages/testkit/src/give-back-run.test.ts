import type { JournalEntry, ServiceEntry } from '@whitebox/services';
import { describe, expect, it } from 'vitest';
import { startableFirst } from './give-back-run.js';

const before = { state: 'running', mainPid: 1, startedAt: undefined, units: [] } as const;

function entry(id: string, how: ServiceEntry['how'], ...hosts: readonly string[]): JournalEntry {
  const services = [{ reference: { kind: 'systemd', unit: 'nova-compute' }, before, how }] as const;
  return {
    version: 1,
    id,
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: { pid: 1, machine: 'here' },
    what: id,
    hosts: hosts.map((host) => ({ host, files: [], services })),
  };
}

describe('startableFirst', () => {
  const names = (...entries: readonly JournalEntry[]) => startableFirst(entries).map(({ id }) => id);

  it('has stopped services started before anything is deleted, the latest first', () => {
    expect(
      names(entry('1', 'restart', 'a', 'b'), entry('2', 'restore', 'a'), entry('3', 'restore', 'b')),
    ).toEqual(['3', '2']);
  });

  it('leaves one alone whose host was changed afterwards: that goes back first', () => {
    expect(names(entry('1', 'restore', 'a'), entry('2', 'restore', 'b'), entry('3', 'restart', 'a'))).toEqual(
      ['2'],
    );
  });

  it('starts nothing twice on the way', () => {
    expect(names(entry('1', 'restore', 'a'), entry('2', 'restore', 'a'))).toEqual(['2', '1']);
    expect(names()).toEqual([]);
  });
});
