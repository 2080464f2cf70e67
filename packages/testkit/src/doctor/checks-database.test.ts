import { CpuSet, WhiteboxError } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { database, judgeGrants } from './checks/database.js';
import { freeCapacity, judgeNode } from './checks/free-capacity.js';
import { bad, fakeDatabase, fakeNode, fakeSite, look } from './fake-site.suite.js';
import { howToMeet } from './how-to-meet.js';
import { judgeNeeds } from './judge-needs.js';
import { NeedsLook } from './unmet-needs.js';
import { Release } from '../release.js';
import type { Need } from '../needs.js';

const denied = new WhiteboxError({
  code: 'WB_DB_ACCESS_DENIED',
  action: 'connect to the database server at db',
  observed: 'Access denied',
  advice: 'Check user and password.',
});

describe('the database', () => {
  it('is wrong with what the server says', async () => {
    const result = await look(database, fakeSite({ database: () => Promise.reject(denied) }));
    expect(result.findings).toMatchObject([{ verdict: 'wrong', code: 'WB_DB_ACCESS_DENIED' }]);
    expect((await look(freeCapacity, fakeSite({ database: () => Promise.reject(denied) }))).verdict).toBe(
      'unknown',
    );
  });

  it('is not looked at where the login that it takes to find it does not work', async () => {
    const noLogin = new WhiteboxError({
      code: 'WB_OPENSTACK_UNREACHABLE',
      action: 'authenticate',
      observed: 'connect ECONNREFUSED',
      advice: 'Is the service up?',
    });
    const api = () => Promise.reject(noLogin);
    const found = await look(database, fakeSite({ api, database: () => Promise.reject(noLogin) }));
    expect(found.findings).toMatchObject([
      { verdict: 'unknown', found: 'not looked at, as the login to Keystone does not work' },
    ]);
    // Where it is known from the configuration its own troubles are told.
    const own = await look(database, fakeSite({ api, database: () => Promise.reject(denied) }));
    expect(own.findings).toMatchObject([{ verdict: 'wrong', code: 'WB_DB_ACCESS_DENIED' }]);
  });

  it('is wrong where a cell cannot be read, and tells which', async () => {
    const cells = () =>
      Promise.resolve([
        { name: 'cell1', problem: undefined },
        { name: 'cell2', problem: denied },
      ]);
    const result = await look(
      database,
      fakeSite({ database: () => Promise.resolve(fakeDatabase({ cells })) }),
    );
    expect(bad(result)).toMatchObject([
      { verdict: 'wrong', found: 'cell cell2: connect to the database server at db: Access denied' },
    ]);
  });

  it.each([
    ['ok', ['GRANT SELECT, SHOW VIEW ON `nova`.* TO `w`@`%`']],
    ['ok', ['GRANT `reader` TO `w`@`%`', 'GRANT SELECT ON `nova`.* TO `reader`']],
    ['warning', ['GRANT ALL PRIVILEGES ON `nova`.* TO `nova`@`%`']],
    ['warning', ['GRANT SELECT (a, b), UPDATE (c) ON `nova`.`x` TO `w`@`%`']],
    ['wrong', ['GRANT USAGE ON *.* TO `w`@`%`']],
    ['wrong', []],
  ] as const)('is %s with %j', (verdict, grants) => {
    expect(judgeGrants(grants).verdict).toBe(verdict);
  });

  it('names the rights that are too many', () => {
    expect(judgeGrants(['GRANT SELECT, DELETE ON `nova`.* TO `w`@`%`']).found).toBe(
      'it may do more than read: DELETE on `nova`.*',
    );
  });
});

describe('free capacity', () => {
  it('is wrong without room for a guest, a warning without a free dedicated CPU', () => {
    expect(judgeNode(fakeNode()).verdict).toBe('ok');
    expect(judgeNode(fakeNode({ memoryUsedMiB: 8000 })).verdict).toBe('wrong');
    expect(judgeNode(fakeNode({ localUsedGiB: 19 })).verdict).toBe('wrong');
    const cell = { id: 0, pcpuset: CpuSet.parse('0-1'), pinnedCpus: CpuSet.parse('0-1') };
    const taken = fakeNode({ numaTopology: { cells: [cell] } as never });
    expect(judgeNode(taken)).toMatchObject({ verdict: 'warning', host: 'a' });
    expect(judgeNode(fakeNode({ numaTopology: null })).verdict).toBe('ok');
  });

  it('is unknown where Nova has no compute', async () => {
    const empty = fakeDatabase({ computeNodes: () => Promise.resolve([]) });
    expect((await look(freeCapacity, fakeSite({ database: () => Promise.resolve(empty) }))).verdict).toBe(
      'unknown',
    );
  });
});

describe('needs', () => {
  const release = new Release([26], 'zed');
  const need = (text: string, evidence?: string, looked: string[] = []): Need => ({
    text,
    missing: () => {
      looked.push(text);
      return Promise.resolve(evidence === undefined ? undefined : { evidence, transient: true });
    },
  });

  it('are looked at once, all of them, without waiting', async () => {
    const looked: string[] = [];
    const needsLook = new NeedsLook({ release } as never);
    const needs = [need('a', undefined, looked), need('b', 'none', looked), need('c', 'few', looked)];
    const broken: Need = { text: 'd', missing: () => Promise.reject(new Error('cannot tell')) };
    expect(await needsLook.unmet({ needs: [...needs, broken], since: 27 })).toEqual([
      { need: 'Nova 27', found: 'zed' },
      { need: 'b', found: 'none' },
      { need: 'c', found: 'few' },
      { need: 'd', found: 'cannot tell' },
    ]);
    expect(await needsLook.unmet({ needs, since: 26 })).toHaveLength(2);
    expect(looked).toEqual(['a', 'b', 'c']);
  });

  it('are told by how many cases wait for them, and how to get there', () => {
    const pages = { need: '1 compute with 1 free pages of 1048576 KiB', found: 'a: 0' };
    const result = judgeNeeds(
      [
        { name: 'one', unmet: [pages] },
        { name: 'two', unmet: [{ need: 'block storage (Cinder)', found: 'none' }, pages] },
        { name: 'three', unmet: [] },
      ],
      1,
    );
    expect(result.findings.map(({ verdict, found }) => `${verdict}: ${found}`)).toEqual([
      'ok: 1 of 3 cases can run',
      'warning: 2 cases wait for 1 compute with 1 free pages of 1048576 KiB; found a: 0',
      'warning: 1 case waits for block storage (Cinder); found none',
    ]);
    expect(result.findings[1]?.next).toContain('nr_hugepages');
    expect(judgeNeeds([{ name: 'one', unmet: [pages] }], 1).verdict).toBe('wrong');
    expect(judgeNeeds([], 1).verdict).toBe('unknown');
  });

  it.each([
    ['1 compute with 2 free virtual functions of a physical network', 'SR-IOV'],
    ['2 computes whose dedicated sets have no CPU in common', 'cpu_dedicated_set'],
    ['2 computes that are up', 'Start more'],
    ['2 computes with 1 free virtual GPUs each', 'GPU'],
    ['compute API 2.95', 'newer Nova'],
    ['[compute-feature-enabled] resize', 'the configuration says otherwise'],
    ['[libvirt] cpu_mode custom on all computes', 'option of nova-compute'],
    ['something new', 'README'],
  ])('%s: %s', (text, way) => {
    expect(howToMeet(text)).toContain(way);
  });
});
