import { describe, expect, it } from 'vitest';
import type { ComputeNodeRow, InstanceRow, ServiceRow } from '@whitebox/db';
import { judge, type HostSnapshot, type Snapshot } from '@whitebox/invariants';
import type { Scope } from '../snapshot/read-snapshot.js';
import { evidenceLine, type InvariantEvidence } from './evidence.js';
import { InvariantWatch } from './invariant-watch.js';

/** A cloud of one host, of which only the domains and the mapping of one server are read. */
class FakeCloud {
  orphans: string[] = [];
  mappedCell = 'cell1';
  /** Of compute_nodes. */
  writes = 0;
  /** Of nova-compute. */
  reports = 0;
  reads: Scope[] = [];
  /** What happens while time passes. */
  onRead: () => void = () => undefined;

  read = (scope: Scope): Promise<Snapshot> => {
    this.reads.push(scope);
    this.onRead();
    const instance = {
      uuid: 'u1',
      host: 'compute1',
      vmState: 'active',
      taskState: null,
      cell: { uuid: 'cell1' },
    };
    const host: HostSnapshot = {
      name: 'compute1',
      instances: [instance as unknown as InstanceRow],
      domains: ['u1', ...this.orphans].map((uuid) => ({ uuid, name: uuid, state: 'running' })),
      mappedCell: 'cell1',
      computeNode: { updatedAt: new Date(this.writes), numaTopology: null } as ComputeNodeRow,
      service: { reportCount: this.reports } as ServiceRow,
    };
    const guests = scope.guests.map(({ id, name }) => ({
      uuid: id,
      name,
      instance: instance as unknown as InstanceRow,
      mappedCell: this.mappedCell,
    }));
    return Promise.resolve({
      takenAt: new Date(),
      novaVersions: [26],
      migrations: [],
      guests,
      hosts: [host],
    });
  };
}

function watchOf(
  cloud: FakeCloud,
  change: { readonly fails?: boolean; readonly graceMs?: number; readonly read?: FakeCloud['read'] } = {},
): { readonly watch: InvariantWatch; readonly kept: InvariantEvidence[] } {
  const kept: InvariantEvidence[] = [];
  const watch = new InvariantWatch({
    read: cloud.read,
    computes: () => ['compute1'],
    signal: new AbortController().signal,
    fails: true,
    graceMs: 600_000,
    keep: (evidence) => {
      kept.push(evidence);
      return Promise.resolve();
    },
    ...change,
  });
  return { watch, kept };
}

const server = { id: 'u1', name: 'vm1', hasHost: true, host: { name: 'compute1' } };

describe('InvariantWatch', () => {
  it('fails at the step after which something is wrong that cannot pass', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud);
    await watch.begin();
    watch.watch(server);
    await watch.afterStep('boot vm1');
    cloud.mappedCell = 'cell2';
    await expect(watch.afterStep('rebuild vm1')).rejects.toThrow(
      /check the invariants after "rebuild vm1" on compute1[^]*I4 vm1 on compute1: instance mapping: expected cell1, found cell2[^]*WB_TESTKIT_INVARIANT/,
    );
    expect(kept).toEqual([expect.objectContaining({ id: 'I4', step: 'rebuild vm1' })]);
    expect(kept.map(evidenceLine)).toEqual([
      'invariant I4: vm1 on compute1: instance mapping: expected cell1, found cell2',
    ]);
  });

  it('forgets what has passed by a later step', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud);
    watch.watch(server);
    cloud.orphans = ['o1'];
    await watch.afterStep('boot vm1');
    cloud.orphans = [];
    await watch.afterStep('rebuild vm1');
    await watch.settle('rebuild vm1');
    expect(kept).toEqual([]);
  });

  it('waits at the end for what may pass, until it has', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud);
    watch.watch(server);
    cloud.orphans = ['o1'];
    await watch.afterStep('boot vm1');
    const before = cloud.reads.length;
    cloud.onRead = () => {
      if (cloud.reads.length === before + 2) cloud.orphans = [];
    };
    await watch.settle('boot vm1');
    expect(kept).toEqual([]);
  });

  it('fails at the end over what is still there when the resource tracker has written twice', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud);
    watch.watch(server);
    cloud.orphans = ['o1'];
    await watch.afterStep('boot vm1');
    cloud.onRead = () => {
      cloud.writes += 1000;
      cloud.reports += 1;
    };
    await expect(watch.settle('boot vm1')).rejects.toThrow(
      /still so after a whole periodic task[^]*I2 compute1: domain o1 .*found none[^]*seen after "boot vm1"/,
    );
    expect(kept.map(({ id, step }) => `${id} ${step ?? ''}`)).toEqual(['I2 boot vm1']);
  });

  it('does not count what was written while the case was at work', async () => {
    const cloud = new FakeCloud();
    const { watch } = watchOf(cloud);
    watch.watch(server);
    cloud.orphans = ['o1'];
    for (const step of ['one', 'two', 'three', 'four']) {
      cloud.writes += 1000;
      await watch.afterStep(step);
    }
    const before = cloud.reads.length;
    cloud.onRead = () => {
      if (cloud.reads.length === before + 2) cloud.orphans = [];
    };
    await watch.settle('four');
    expect(cloud.reads.length).toBe(before + 2);
  });

  it('only keeps what a nova-compute that is down cannot put right', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud, { graceMs: -60_000 });
    watch.watch(server);
    cloud.orphans = ['o1'];
    await watch.afterStep('boot vm1');
    await watch.settle('boot vm1');
    expect(kept).toEqual([expect.objectContaining({ id: 'I2', step: 'boot vm1' })]);
  });

  it('does not blame a case for what was so before it, unless it comes back', async () => {
    const cloud = new FakeCloud();
    cloud.orphans = ['o1'];
    const { watch, kept } = watchOf(cloud);
    await watch.begin();
    await watch.begin();
    expect(kept).toEqual([expect.objectContaining({ id: 'I2', step: undefined })]);
    watch.watch(server);
    await watch.afterStep('boot vm1');
    await watch.settle('boot vm1');
    cloud.orphans = [];
    await watch.afterStep('rebuild vm1');
    cloud.orphans = ['o1'];
    await watch.afterStep('rebuild vm1 again');
    cloud.onRead = () => {
      cloud.writes += 1000;
      cloud.reports += 1;
    };
    await expect(watch.settle('rebuild vm1 again')).rejects.toThrow(/seen after "rebuild vm1 again"/);
  });

  it('fails nothing where it only keeps', async () => {
    const cloud = new FakeCloud();
    const { watch, kept } = watchOf(cloud, { fails: false });
    watch.watch(server);
    cloud.mappedCell = 'cell2';
    cloud.orphans = ['o1'];
    await watch.afterStep('boot vm1');
    await watch.settle('boot vm1');
    expect(kept.map(({ id }) => id)).toEqual(['I4']);
    expect((await watch.lastLook('boot vm1')).map(({ id }) => id)).toEqual(['I2', 'I4']);
    expect(kept.map(({ id, step }) => `${id} ${step ?? ''}`)).toEqual(['I4 boot vm1', 'I2 boot vm1']);
  });

  it('does not judge whether services run as configured, since cases change that on purpose', async () => {
    const cloud = new FakeCloud();
    const stopped = async (scope: Scope): Promise<Snapshot> => {
      const snapshot = await cloud.read(scope);
      const service = { lastSeenUp: new Date(0), forcedDown: false, version: 1 } as ServiceRow;
      const config = { startedAt: new Date(0) } as NonNullable<HostSnapshot['config']>;
      return {
        ...snapshot,
        hosts: snapshot.hosts.map((host) => ({ ...host, service, config, configFiles: [] })),
      };
    };
    const { violations } = judge(await stopped({ guests: [], hosts: ['compute1'] }));
    expect(violations.map(({ id }) => id)).toContain('I46');
    const { watch, kept } = watchOf(cloud, { read: stopped });
    await watch.begin();
    watch.watch(server);
    await watch.afterStep('stop nova-compute');
    expect(await watch.lastLook('stop nova-compute')).toEqual([]);
    expect(kept).toEqual([]);
  });

  it('looks at the host that a server has left too', async () => {
    const cloud = new FakeCloud();
    const { watch } = watchOf(cloud);
    watch.watch({ ...server, host: { name: 'compute2' } });
    await watch.afterStep('boot vm1');
    watch.watch(server);
    await watch.afterStep('live migrate vm1');
    expect(cloud.reads.at(-1)?.hosts).toEqual(['compute2', 'compute1']);
  });
});
