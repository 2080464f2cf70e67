import { describe, expect, test } from 'vitest';
import { connectFake } from '../testing/connect-fake.js';

const LONG = 60_000;

async function caught(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('resolved');
  const result = await promise.then(
    () => nothing,
    (error: unknown) => error,
  );
  expect(result).not.toBe(nothing);
  return result;
}

describe.concurrent('waitForServer', () => {
  test('returns the server soon after it is there, without hammering', async () => {
    await using lab = await connectFake();
    const server = lab.nova.add({ status: 'BUILD', task: 'spawning', host: null });
    lab.nova.later(1500, () => {
      Object.assign(server, { status: 'ACTIVE', task: null, host: 'compute2' });
    });
    const active = await lab.cloud.waitForServer(server.id, { status: 'ACTIVE', timeoutMs: LONG });
    expect(active).toMatchObject({ status: 'ACTIVE', taskState: null, host: 'compute2' });
    // Every 150 ms at first, so ten times in all on a machine that is not busy.
    expect(lab.fake.received('GET', /servers/).length).toBeGreaterThanOrEqual(4);
    expect(lab.fake.received('GET', /servers/).length).toBeLessThan(14);
    expect(lab.fake.mostAtOnce).toBe(1);
  });

  test('looks at the cheap record often and at the server seldom', async () => {
    await using lab = await connectFake();
    lab.nova.on('create', (server, events) => {
      const build = { event: 'compute__do_build_and_run_instance', finished: false };
      events.push(build);
      lab.nova.later(2500, () => {
        Object.assign(server, { status: 'ACTIVE', task: null, host: 'compute1' });
        build.finished = true;
      });
    });
    const started = performance.now();
    await lab.cloud.actions.boot({ name: 's', flavorId: 'f' }, { timeoutMs: LONG });
    const seconds = (performance.now() - started) / 1000;
    const records = lab.fake.received('GET', /os-instance-actions/).length;
    const servers = lab.fake.received('GET', /servers\/[^/]+$/).length;
    // Once a second, and when the record changes: at its beginning and its end.
    expect(servers).toBeLessThanOrEqual(seconds + 3);
    expect(records).toBeGreaterThan(servers);
  });

  test('waits for the task to end, not for the status alone', async () => {
    await using lab = await connectFake();
    const server = lab.nova.add({ task: 'image_snapshot' });
    lab.nova.later(300, () => (server.task = null));
    const settled = await lab.cloud.waitForServer(server.id, { status: 'ACTIVE', timeoutMs: LONG });
    expect(settled.taskState).toBeNull();
    server.task = 'image_snapshot';
    const busy = await lab.cloud.waitForServer(server.id, {
      status: 'ACTIVE',
      taskState: 'any',
      timeoutMs: LONG,
    });
    expect(busy.taskState).toBe('image_snapshot');
  });

  test('knows the fault that Nova writes down a moment after the server is in ERROR', async () => {
    await using lab = await connectFake();
    const server = lab.nova.add({ status: 'ERROR', task: null });
    lab.nova.later(600, () => (server.fault = { code: 500, message: 'Too late to know?' }));
    const error = await caught(lab.cloud.waitForServer(server.id, { status: 'ACTIVE', timeoutMs: LONG }));
    expect(error).toMatchObject({ fault: { message: 'Too late to know?' } });
    expect(error).toHaveProperty('message', expect.stringContaining('Too late to know? (code 500)'));
  });

  test("fails at once in ERROR, with Nova's fault", async () => {
    await using lab = await connectFake();
    lab.nova.on('create', (server, events) => {
      events.push({
        event: 'conductor_schedule_and_build_instances',
        finished: true,
        result: 'Error',
        traceback:
          'Traceback (most recent call last):\n  File "x.py"\nnova.exception.NoValidHost: No valid host was found. Not enough PCPU.\n',
      });
      Object.assign(server, {
        status: 'ERROR',
        task: null,
        fault: {
          code: 500,
          message: 'No valid host was found.',
          details: 'Traceback...\nNoValidHost: Not enough PCPU',
        },
      });
    });
    const started = performance.now();
    const error = await caught(lab.cloud.actions.boot({ name: 's', flavorId: 'f' }, { timeoutMs: LONG }));
    expect(performance.now() - started).toBeLessThan(LONG / 2);
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_FAULT',
      serverId: 'server-1',
      fault: { code: 500, message: 'No valid host was found.' },
      server: { status: 'ERROR' },
    });
    expect(String(error)).toContain('No valid host was found. (code 500)');
    expect(String(error)).toContain(
      'conductor_schedule_and_build_instances on compute1 failed: nova.exception.NoValidHost: No valid host was found. Not enough PCPU.',
    );
    expect(String(error)).toContain('NoValidHost: Not enough PCPU');
    expect(String(error)).toMatch(/Placement/);
  });

  test('ERROR may itself be what is waited for', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add({ status: 'ERROR' });
    expect((await lab.cloud.waitForServer(id, { status: 'ERROR', timeoutMs: LONG })).status).toBe('ERROR');
  });

  test('fails at once when the server was deleted meanwhile', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add({ status: 'BUILD', task: 'spawning' });
    lab.nova.later(200, () => lab.nova.servers.delete(id));
    expect(await caught(lab.cloud.waitForServer(id, { status: 'ACTIVE', timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_GONE',
      observed: expect.stringContaining('before that it was BUILD with task spawning') as string,
    });
  });

  test('ends at its deadline with what was last seen, or when the caller gives up', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add({ status: 'SHUTOFF' });
    expect(await caught(lab.cloud.waitForServer(id, { status: 'ACTIVE', timeoutMs: 400 }))).toMatchObject({
      code: 'WB_WAIT_TIMEOUT',
      observed: expect.stringContaining('SHUTOFF with no task on compute1') as string,
    });
    const signal = AbortSignal.timeout(300);
    await caught(lab.cloud.waitForServer(id, { status: 'ACTIVE', timeoutMs: LONG, signal }));
    expect(signal.aborted).toBe(true);
  });

  test.each([
    ['says nothing', () => undefined],
    ['asks to be left alone', () => ({ status: 503, text: 'later', headers: { 'retry-after': '2' } })],
  ])('ends at its deadline when the API %s, and says so', async (_name, handler) => {
    await using lab = await connectFake();
    const server = lab.nova.add({ status: 'BUILD', task: 'spawning' });
    const path = `/compute/v2.1/servers/${server.id}`;
    const show = () => lab.nova.answer({ ...lab.fake.requests.at(-1)!, path: `/servers/${server.id}` }, 0);
    lab.fake.route('GET', path, show, handler);
    expect(
      await caught(lab.cloud.waitForServer(server.id, { status: 'ACTIVE', timeoutMs: 1000 })),
    ).toMatchObject({
      code: 'WB_WAIT_TIMEOUT',
      observed: expect.stringMatching(
        /last seen: BUILD with task spawning.*; no answer to the look after that for \d+\.\d s$/,
      ) as string,
    });
  });

  test.each([
    ['a service that is being restarted', 503],
    ['a limit of the rate of requests', 429],
  ])('outlasts %s', async (_name, status) => {
    await using lab = await connectFake();
    const server = lab.nova.add({ status: 'BUILD', task: 'spawning' });
    const busy = () => ({ status, text: 'not now' });
    lab.fake.route('GET', `/compute/v2.1/servers/${server.id}`, busy, busy, busy, busy, () =>
      lab.nova.answer({ ...lab.fake.requests.at(-1)!, path: `/servers/${server.id}` }, 0),
    );
    server.status = 'ACTIVE';
    server.task = null;
    expect((await lab.cloud.waitForServer(server.id, { status: 'ACTIVE', timeoutMs: LONG })).status).toBe(
      'ACTIVE',
    );
  });
});

describe.concurrent('waitForServerGone', () => {
  test('returns once the server is not found', async () => {
    await using lab = await connectFake();
    const server = lab.nova.add();
    lab.nova.on('delete', ({ id }) => {
      lab.nova.later(300, () => lab.nova.servers.delete(id));
    });
    await lab.cloud.actions.delete(server.id, { timeoutMs: LONG });
    expect(lab.nova.servers.size).toBe(0);
    await lab.cloud.actions.delete(server.id, { timeoutMs: LONG });
  });

  test('does not take DELETED for gone: Nova shows it for a moment, and Placement follows after', async () => {
    await using lab = await connectFake();
    lab.nova.on('delete', (server) => {
      lab.nova.later(300, () => Object.assign(server, { status: 'DELETED', task: null }));
      lab.nova.later(900, () => lab.nova.servers.delete(server.id));
    });
    await lab.cloud.actions.delete(lab.nova.add().id, { timeoutMs: LONG });
    expect(lab.nova.servers.size).toBe(0);
  });

  test('fails at once when the deletion ended and the server is still there', async () => {
    await using lab = await connectFake();
    lab.nova.on('delete', (server, events) => {
      events.push({
        event: 'compute_terminate_instance',
        finished: true,
        result: 'Error',
        details: 'Failed to terminate process',
      });
      lab.nova.later(400, () => Object.assign(server, { task: null, status: 'ERROR' }));
    });
    const { id } = lab.nova.add();
    expect(await caught(lab.cloud.actions.delete(id, { timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_FAULT',
      observed: expect.stringContaining('Failed to terminate process') as string,
    });
  });

  test('fails at once when the deletion had failed before the first look', async () => {
    await using lab = await connectFake();
    lab.nova.on('delete', (server, events) => {
      events.push({ event: 'compute_terminate_instance', finished: true, result: 'Error', details: 'no' });
      server.task = null;
    });
    const { id } = lab.nova.add();
    expect(await caught(lab.cloud.actions.delete(id, { timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
    });
  });

  test('fails at once when Nova keeps a deleted server', async () => {
    await using lab = await connectFake();
    lab.nova.on('delete', (server) => Object.assign(server, { task: null, status: 'SOFT_DELETED' }));
    const { id } = lab.nova.add();
    expect(await caught(lab.cloud.actions.delete(id, { timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
      advice: expect.stringContaining('reclaim_instance_interval') as string,
    });
  });
});

describe.concurrent('waitForMigration', () => {
  const type = 'live-migration';

  test('takes the new migration of this server, whatever old ones and others say', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add();
    const make = (number: number, status: string, serverId = id) => {
      const migration = { id: number, serverId, type, status, source: 'compute1', destination: 'compute2' };
      lab.nova.migrations.push(migration);
      return migration;
    };
    make(1, 'completed');
    make(2, 'error');
    const seen = await lab.cloud.migrationIds(id);
    expect([...seen]).toEqual([1, 2]);
    make(3, 'completed', 'another-server');
    lab.nova.later(200, () => {
      const migration = make(4, 'queued');
      lab.nova.later(200, () => (migration.status = 'running'));
      lab.nova.later(500, () => (migration.status = 'completed'));
    });
    expect(await lab.cloud.waitForMigration(id, { type, seen, timeoutMs: LONG })).toMatchObject({
      id: 4,
      status: 'completed',
      destinationCompute: 'compute2',
    });
  });

  test.each(['error', 'failed', 'cancelled'])('fails at once when it is %s', async (status) => {
    await using lab = await connectFake();
    const { id } = lab.nova.add();
    lab.nova.migrations.push({
      id: 9,
      serverId: id,
      type,
      status,
      source: 'compute1',
      destination: 'compute2',
    });
    const error = await caught(lab.cloud.waitForMigration(id, { type, seen: new Set(), timeoutMs: LONG }));
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
      migration: { id: 9, status },
      serverId: id,
    });
    expect(String(error)).toContain(`migration 9 from compute1 to compute2 is ${status}`);
    expect(String(error)).toContain('nova-compute on compute1 and compute2');
  });

  test('does not take the first try of a cold migration for its end', async () => {
    await using lab = await connectFake();
    const server = lab.nova.add({ status: 'RESIZE', task: 'resize_prep' });
    const serverId = server.id;
    const make = (id: number, status: string) =>
      lab.nova.migrations.push({
        id,
        serverId,
        type: 'migration',
        status,
        source: 'compute1',
        destination: null,
      });
    make(1, 'error');
    lab.nova.later(400, () => make(2, 'finished'));
    const wait = { type: 'migration', seen: new Set<number>(), timeoutMs: LONG } as const;
    expect(await lab.cloud.waitForMigration(serverId, wait)).toMatchObject({ id: 2 });
    lab.nova.migrations.splice(1);
    server.task = null;
    expect(await caught(lab.cloud.waitForMigration(serverId, wait))).toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
    });
  });

  test('ends at its deadline when there is none', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add();
    const wait = { type, seen: new Set<number>(), timeoutMs: 300 } as const;
    expect(await caught(lab.cloud.waitForMigration(id, wait))).toMatchObject({
      code: 'WB_WAIT_TIMEOUT',
      observed: expect.stringContaining('no new migration') as string,
    });
  });
});

describe.concurrent('waitForImage and waitForPort', () => {
  test('return what became ready', async () => {
    await using lab = await connectFake();
    const image = (status: string) => ({ id: 'i', name: 'i', status, visibility: 'private', size: null });
    lab.fake.route(
      'GET',
      '/image/v2/images/i',
      () => ({ json: image('saving') }),
      () => ({ json: image('active') }),
    );
    expect((await lab.cloud.waitForImage('i', { timeoutMs: LONG })).status).toBe('active');
    lab.fake.route(
      'GET',
      '/network/v2.0/ports/p',
      () => ({ json: { port: port('DOWN') } }),
      () => ({ json: { port: port('ACTIVE') } }),
    );
    expect((await lab.cloud.waitForPort('p', { timeoutMs: LONG })).status).toBe('ACTIVE');
  });

  test('fail at once for what cannot become ready', async () => {
    await using lab = await connectFake();
    lab.fake.route('GET', '/image/v2/images/i', () => ({
      json: { id: 'i', status: 'killed', visibility: 'private' },
    }));
    expect(await caught(lab.cloud.waitForImage('i', { timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_STATE_IMPOSSIBLE',
      observed: 'it is killed',
    });
    lab.fake.route('GET', '/network/v2.0/ports/p', () => ({
      json: { port: port('DOWN', 'binding_failed') },
    }));
    expect(await caught(lab.cloud.waitForPort('p', { timeoutMs: LONG }))).toMatchObject({
      code: 'WB_OPENSTACK_STATE_IMPOSSIBLE',
      observed: 'DOWN, bound as binding_failed on compute1',
    });
  });
});

function port(status: string, vifType = 'bridge') {
  return {
    id: 'p',
    name: '',
    network_id: 'n',
    status,
    mac_address: 'fa:16:3e:00:00:01',
    device_id: '',
    device_owner: '',
    'binding:vif_type': vifType,
    'binding:host_id': 'compute1',
  };
}
