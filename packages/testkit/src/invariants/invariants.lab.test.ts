import { run } from '@whitebox/host';
import { judge, type Snapshot } from '@whitebox/invariants';
import { readQemuThreads } from '@whitebox/kernel';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineOrphan, editRow, openBrokenLab, quietCase, sql, type BrokenLab } from '../broken-lab.suite.js';
import { reallocate } from '../broken-placement.suite.js';
import type { Cloud } from '../cloud.js';
import { dedicated } from '../flavors.js';
import { runCase } from '../run-case.js';
import { readSnapshot } from '../snapshot/read-snapshot.js';
import type { TestServer } from '../test-server.js';
import type { InvariantEvidence } from './evidence.js';

/** Breaks of the cloud that no assertion of a case looks at: the invariants must. */
describe('the invariants on a real cloud', () => {
  let lab: BrokenLab;

  beforeAll(async () => {
    const { files, cloud } = await readLab();
    lab = await openBrokenLab('invariants', { ...files, cloud });
  });

  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  /** Runs a case; returns what it failed with and which invariants were violated. */
  async function watched(
    body: (cloud: Cloud, server: TestServer) => Promise<void>,
  ): Promise<{ readonly error: unknown; readonly kept: readonly InvariantEvidence[] }> {
    const kept: InvariantEvidence[] = [];
    const context = {
      ...quietCase('a case of the invariants', lab.session),
      invariant: (evidence: InvariantEvidence) => {
        kept.push(evidence);
        return Promise.resolve();
      },
    };
    try {
      await runCase(context, {}, async ({ cloud }) => {
        await body(cloud, await cloud.boot({ flavor: dedicated(2) }));
      });
    } catch (error) {
      return { error, kept };
    }
    return { error: undefined, kept };
  }

  async function cellDatabase(server: TestServer): Promise<string> {
    return `nova_${(await lab.session.database.cellOf(server.id)).name ?? ''}`;
  }

  const nothing = (cloud: Cloud): Promise<void> => cloud.act('act', 'do nothing', () => Promise.resolve());

  it('hold for a guest that is left alone, read in well below a second', async () => {
    let snapshot: Snapshot | undefined;
    const times: number[] = [];
    const { error, kept } = await watched(async (cloud, server) => {
      const scope = { guests: [server], hosts: [server.host.name] };
      for (let index = 0; index < 5; index += 1) {
        const start = performance.now();
        snapshot = await readSnapshot(lab.session, scope, cloud.signal);
        times.push(Math.round(performance.now() - start));
      }
      await nothing(cloud);
    });
    process.stdout.write(`a snapshot of one guest and its host took ${times.join(', ')} ms\n`);
    expect(error).toBeUndefined();
    expect(kept).toEqual([]);
    if (snapshot === undefined) throw new Error('nothing was read');
    const { unchecked, looked } = judge(snapshot);
    expect(unchecked.filter(({ id }) => id !== 'I44')).toEqual([]);
    expect(looked).toEqual(
      expect.arrayContaining(['I1', 'I5', 'I6', 'I10', 'I11', 'I16', 'I19', 'I22', 'I36', 'I40']),
    );
  });

  it('hold for a guest through all that can be done to it', async () => {
    const { error, kept } = await watched(async (_, server) => {
      await server.pause();
      await server.unpause();
      await server.suspend();
      await server.resume();
      await server.stop();
      await server.start();
      await server.coldMigrate();
      await server.revertResize();
      await server.coldMigrate();
      await server.confirmResize();
      await server.liveMigrate();
      await server.shelve();
      await server.unshelve();
    });
    expect(error).toBeUndefined();
    expect(kept).toEqual([]);
  });

  it('hold for a guest that is evacuated, before its host returns and after', async () => {
    const { error, kept } = await watched(async (cloud, server) => {
      const service = await cloud.stopService(server.host, 'nova-compute');
      await server.evacuate();
      await service.start();
    });
    expect(error).toBeUndefined();
    expect(kept).toEqual([]);
  });

  it('name a thread of the guest that the kernel lets run elsewhere', async () => {
    const { error } = await watched(async (cloud, server) => {
      const { machine } = server.host;
      const { vcpus } = await readQemuThreads(machine, { domain: server.domain });
      await run(machine, ['taskset', '--pid', '--cpu-list', '0', String(vcpus.get(1)?.tid)]);
      await nothing(cloud);
    });
    expect(error).toMatchObject({ code: 'WB_TESTKIT_INVARIANT' });
    expect(String(error)).toMatch(
      /after "do nothing"[^]*I16 .* on \w+: vCPU 1: expected .* \(domain XML\), found 0 \(kernel\)/,
    );
  });

  it('name a request spec that asks for another flavor', async () => {
    const { error } = await watched(async (cloud, server) => {
      const path = '$."nova_object.data".flavor."nova_object.data".flavorid';
      const where = `instance_uuid = '${server.id}'`;
      const other = `JSON_SET(spec, '${path}', 'another')`;
      cloud.atEnd(
        'put request_specs back',
        await editRow(lab, 'nova_api', 'request_specs', 'spec', where, other),
      );
      await nothing(cloud);
    });
    expect(String(error)).toMatch(
      /I40 .*flavor: expected .* \(instance_extra\), found another \(request_specs\)/,
    );
  });

  const pinnedCpus = '$."nova_object.data".cells[0]."nova_object.data".pinned_cpus';

  it('wait for what the periodic task of the resource tracker puts right', async () => {
    const { error, kept } = await watched(async (cloud, server) => {
      const where = `deleted = 0 AND host = '${server.host.name}'`;
      const set = `numa_topology = JSON_SET(numa_topology, '${pinnedCpus}', JSON_ARRAY())`;
      await sql(lab, await cellDatabase(server), `UPDATE compute_nodes SET ${set} WHERE ${where};`);
      const seen = await readSnapshot(lab.session, { guests: [], hosts: [server.host.name] }, cloud.signal);
      expect(judge(seen).violations).toEqual([expect.objectContaining({ id: 'I11' })]);
      // Nova writes the row of a host only when something about it has changed: here what its servers are doing.
      await server.pause();
    });
    expect(error).toBeUndefined();
    expect(kept).toEqual([]);
  });

  it('name a compute node that accounts for other CPUs whatever its periodic task does', async () => {
    const { error } = await watched(async (cloud, server) => {
      const database = await cellDatabase(server);
      cloud.atEnd('drop the trigger', async () => {
        await sql(lab, database, 'DROP TRIGGER whitebox_forgets;');
      });
      await sql(
        lab,
        database,
        `CREATE TRIGGER whitebox_forgets BEFORE UPDATE ON compute_nodes FOR EACH ROW
           SET NEW.numa_topology = JSON_SET(NEW.numa_topology, '${pinnedCpus}', JSON_ARRAY());
         UPDATE compute_nodes SET vcpus_used = vcpus_used + 1 WHERE host = '${server.host.name}';`,
      );
      await nothing(cloud);
    });
    expect(String(error)).toMatch(
      /still so after a whole periodic task[^]*I11 \w+: pinned_cpus of cell 0: expected \d.*, found none \(compute_nodes\)/,
    );
  });

  it('name a domain that is nobody’s', async () => {
    const { error } = await watched(async (cloud, server) => {
      const uuid = '0badf00d-0000-4000-8000-00000000dead';
      cloud.atEnd('undefine the orphan', await defineOrphan(server.host, uuid));
      await nothing(cloud);
    });
    expect(String(error)).toMatch(
      /I2 \w+: domain wb-orphan \(0badf00d.*\): expected a server on \w+, found none/,
    );
  });

  it('name an allocation of the wrong amount', async () => {
    const { error } = await watched(async (cloud, server) => {
      const less = await reallocate(lab.session, server.id, (now) => ({ ...now, PCPU: 1 }));
      cloud.atEnd('put the allocation back', less);
      await nothing(cloud);
    });
    expect(String(error)).toMatch(/I36 .* on \w+: PCPU: expected 2 \(flavor\), found 1 \(Placement\)/);
  });
});
