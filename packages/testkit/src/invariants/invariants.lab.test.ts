import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Host } from '@whitebox/host';
import { judge, type Snapshot } from '@whitebox/invariants';
import { readQemuThreads } from '@whitebox/kernel';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud.js';
import { dedicated } from '../flavors.js';
import { runCase } from '../run-case.js';
import { CloudSession } from '../session.js';
import { readSnapshot } from '../snapshot/read-snapshot.js';
import type { TestServer } from '../test-server.js';
import type { InvariantEvidence } from './evidence.js';

/** Breaks of the cloud that no assertion of a case looks at: the invariants must. */
describe('the invariants on a real cloud', () => {
  let folder: string;
  let session: CloudSession;
  let control: Host;

  beforeAll(async () => {
    const lab = await readLab();
    folder = await mkdtemp(join(tmpdir(), 'invariants-'));
    const { tempestConf, cloudsYaml } = lab.files;
    session = await CloudSession.open({
      cloud: { tempestConf, cloudsYaml, cloud: lab.cloud },
      runId: `wb-invariants-${process.pid}`,
      stateDirectory: folder,
      observers: [],
      requireNeeds: true,
      failKnownBugs: false,
      repeat: 1,
    });
    const machines = session.computes.map(({ machine }) => machine);
    const answers = await Promise.all(machines.map((machine) => machine.exec(['mysqladmin', 'ping'])));
    const found = machines[answers.findIndex(({ exitCode }) => exitCode === 0)];
    if (found === undefined) throw new Error('No machine of the lab has a database server.');
    control = found;
  });

  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a case; returns what it failed with and which invariants were violated. */
  async function watched(
    body: (cloud: Cloud, server: TestServer) => Promise<void>,
  ): Promise<{ readonly error: unknown; readonly kept: readonly InvariantEvidence[] }> {
    const kept: InvariantEvidence[] = [];
    const context = {
      name: 'a case of the invariants',
      session,
      signal: new AbortController().signal,
      requireNeeds: true,
      failKnownBugs: false,
      skip: (reason: string): never => {
        throw new Error(reason);
      },
      step: () => Promise.resolve(),
      evidence: () => Promise.resolve(),
      recording: () => Promise.resolve(),
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

  async function sql(database: string, statement: string): Promise<string> {
    const argv = ['mysql', '--batch', '--skip-column-names', database];
    return (await run(control, argv, { stdin: statement })).stdout.trim();
  }

  /** Changes one row, and puts it back at the end. */
  async function edit(
    cloud: Cloud,
    database: string,
    table: string,
    column: string,
    where: string,
    value: string,
  ): Promise<void> {
    const before = await sql(database, `SELECT HEX(${column}) FROM ${table} WHERE ${where};`);
    cloud.atEnd(`put ${table} back`, async () => {
      await sql(database, `UPDATE ${table} SET ${column} = CONVERT(X'${before}' USING utf8) WHERE ${where};`);
    });
    const changed = await sql(
      database,
      `UPDATE ${table} SET ${column} = ${value} WHERE ${where}; SELECT ROW_COUNT();`,
    );
    expect(changed).toBe('1');
  }

  async function cellDatabase(server: TestServer): Promise<string> {
    return `nova_${(await session.database.cellOf(server.id)).name ?? ''}`;
  }

  const nothing = (cloud: Cloud): Promise<void> => cloud.act('act', 'do nothing', () => Promise.resolve());

  it('hold for a guest that is left alone, read in well below a second', async () => {
    let snapshot: Snapshot | undefined;
    const times: number[] = [];
    const { error, kept } = await watched(async (cloud, server) => {
      const scope = { guests: [server], hosts: [server.host.name] };
      for (let index = 0; index < 5; index += 1) {
        const start = performance.now();
        snapshot = await readSnapshot(session, scope, cloud.signal);
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
      await edit(cloud, 'nova_api', 'request_specs', 'spec', where, `JSON_SET(spec, '${path}', 'another')`);
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
      await sql(await cellDatabase(server), `UPDATE compute_nodes SET ${set} WHERE ${where};`);
      const seen = await readSnapshot(session, { guests: [], hosts: [server.host.name] }, cloud.signal);
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
        await sql(database, 'DROP TRIGGER whitebox_forgets;');
      });
      await sql(
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
      const { virsh, machine } = server.host;
      const uuid = '0badf00d-0000-4000-8000-00000000dead';
      const xml = `<domain type='qemu'><name>wb-orphan</name><uuid>${uuid}</uuid><memory unit='MiB'>16</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>`;
      cloud.atEnd('undefine the orphan', async () => {
        await virsh.run(['undefine', '--domain', uuid]);
      });
      await run(machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
      await nothing(cloud);
    });
    expect(String(error)).toMatch(
      /I2 \w+: domain wb-orphan \(0badf00d.*\): expected a server on \w+, found none/,
    );
  });

  it('name an allocation of the wrong amount', async () => {
    const { error } = await watched(async (cloud, server) => {
      const { client } = session.openstack.placement;
      const path = `/allocations/${server.id}`;
      const { body } = await client.call({ action: 'show allocations', method: 'GET', path });
      const held = body as { allocations: Record<string, { resources: Record<string, number> }> };
      const put = async (
        resources: (now: Record<string, number>) => Record<string, number>,
      ): Promise<void> => {
        const answer = await client.call({ action: 'show allocations', method: 'GET', path });
        const now = answer.body as {
          consumer_generation: number;
          project_id: string;
          user_id: string;
        };
        const allocations = Object.fromEntries(
          Object.entries(held.allocations).map(([id, each]) => [
            id,
            { resources: resources(each.resources) },
          ]),
        );
        const { consumer_generation, project_id, user_id } = now;
        await client.call({
          action: 'set allocations',
          method: 'PUT',
          path,
          json: { allocations, consumer_generation, project_id, user_id, consumer_type: 'INSTANCE' },
        });
      };
      cloud.atEnd('put the allocation back', () => put((resources) => resources));
      await put((resources) => ({ ...resources, PCPU: 1 }));
      await nothing(cloud);
    });
    expect(String(error)).toMatch(/I36 .* on \w+: PCPU: expected 2 \(flavor\), found 1 \(Placement\)/);
  });
});
