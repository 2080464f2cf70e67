import { describe, expect, test } from 'vitest';
import { connectFake, type FakeConnection } from '../testing/connect-fake.js';
import type { FakeEvent, FakeServer } from '../testing/fake-nova.js';

const limits = { timeoutMs: 60_000 };

/** Lets an action take a while: a task at once, as Nova's API sets it, then the end. */
function work(
  lab: FakeConnection,
  action: string,
  task: string | null,
  end: Partial<FakeServer>,
  event: Partial<FakeEvent> = {},
): void {
  lab.nova.on(action, (server, events) => {
    server.task = task;
    const record: FakeEvent = { event: `compute_${action}`, finished: false };
    lab.nova.later(150, () => events.push(record));
    lab.nova.later(450, () => {
      Object.assign(server, { task: null, ...end });
      Object.assign(record, { finished: true, ...event });
    });
  });
}

const traceback =
  'Traceback (most recent call last):\n  File "nova/conductor/manager.py", line 1\n    raise\nnova.exception.NoValidHost: No valid host was found. There are not enough hosts available.\n';

describe.concurrent('actions', () => {
  test.each<[string, string, string, string, Parameters<typeof work>[3]]>([
    ['stop', 'os-stop', 'powering-off', 'ACTIVE', { status: 'SHUTOFF' }],
    ['start', 'os-start', 'powering-on', 'SHUTOFF', { status: 'ACTIVE' }],
    ['pause', 'pause', 'pausing', 'ACTIVE', { status: 'PAUSED' }],
    ['unpause', 'unpause', 'unpausing', 'PAUSED', { status: 'ACTIVE' }],
    ['suspend', 'suspend', 'suspending', 'ACTIVE', { status: 'SUSPENDED' }],
    ['resume', 'resume', 'resuming', 'SUSPENDED', { status: 'ACTIVE' }],
    ['shelve', 'shelve', 'shelving', 'ACTIVE', { status: 'SHELVED_OFFLOADED', host: null }],
    ['softReboot', 'reboot', 'rebooting', 'ACTIVE', { status: 'ACTIVE' }],
    ['hardReboot', 'reboot', 'rebooting_hard', 'ACTIVE', { status: 'ACTIVE' }],
    ['hardReboot', 'reboot', 'rebooting_hard', 'ERROR', { status: 'ACTIVE' }],
    ['revertResize', 'revertResize', 'resize_reverting', 'VERIFY_RESIZE', { status: 'ACTIVE' }],
  ])('%s (%s, %s) of a server in %s waits for its end', async (method, action, task, status, end) => {
    await using lab = await connectFake();
    work(lab, action, task, end);
    const { id } = lab.nova.add({ status });
    const run = lab.cloud.actions[method as 'stop'].bind(lab.cloud.actions);
    const server = await run(id, limits);
    expect(server).toMatchObject({
      taskState: null,
      ...(end.status === undefined ? {} : { status: end.status }),
    });
    expect([...lab.nova.records.values()][0]?.events[0]?.finished).toBe(true);
  });

  test.each([
    ['shelve', 'shelve', 'ACTIVE'],
    ['shelveOffload', 'shelveOffload', 'SHELVED'],
  ] as const)(
    '%s is over when the server is off its host, not when it is called so',
    async (method, action, status) => {
      await using lab = await connectFake();
      lab.nova.on(action, (server, events) => {
        server.task = 'shelving_offloading';
        const record: FakeEvent = { event: 'compute_shelve_offload_instance', finished: false };
        events.push(record);
        lab.nova.later(100, () => Object.assign(server, { task: null, status: 'SHELVED_OFFLOADED' }));
        lab.nova.later(2000, () => {
          server.host = null;
          record.finished = true;
        });
      });
      const { id } = lab.nova.add({ status });
      const server = await lab.cloud.actions[method](id, limits);
      expect(server).toMatchObject({ status: 'SHELVED_OFFLOADED', host: null });
    },
  );

  test('a shelved server stays on its host where Nova offloads it later', async () => {
    await using lab = await connectFake();
    work(lab, 'shelve', 'shelving', { status: 'SHELVED' });
    const { id } = lab.nova.add();
    expect(await lab.cloud.actions.shelve(id, limits)).toMatchObject({ status: 'SHELVED' });
  });

  test('confirming a resize has no task of its own and is waited for all the same', async () => {
    await using lab = await connectFake();
    work(lab, 'confirmResize', null, { status: 'ACTIVE' });
    const { id } = lab.nova.add({ status: 'VERIFY_RESIZE' });
    expect((await lab.cloud.actions.confirmResize(id, limits)).status).toBe('ACTIVE');
  });

  test('what is asked for is in the words of Nova', async () => {
    await using lab = await connectFake();
    const { servers } = lab.cloud.compute;
    const { id } = lab.nova.add();
    await servers.reboot(id, 'SOFT');
    await servers.resize(id, 'flavor');
    await servers.confirmResize(id);
    await servers.liveMigrate(id);
    await servers.liveMigrate(id, { host: 'compute2', blockMigration: false });
    await servers.migrate(id);
    await servers.migrate(id, 'compute2');
    await servers.rebuild(id, 'image', { metadata: {} });
    await servers.unshelve(id, 'compute2');
    await servers.evacuate(id, 'compute2');
    await servers.resetState(id, 'active');
    expect(lab.fake.received('POST', /action/).map(({ json }) => json)).toEqual([
      { reboot: { type: 'SOFT' } },
      { resize: { flavorRef: 'flavor' } },
      { confirmResize: null },
      { 'os-migrateLive': { host: null, block_migration: 'auto' } },
      { 'os-migrateLive': { host: 'compute2', block_migration: false } },
      { migrate: null },
      { migrate: { host: 'compute2' } },
      { rebuild: { imageRef: 'image', metadata: {} } },
      { unshelve: { host: 'compute2' } },
      { evacuate: { host: 'compute2' } },
      { 'os-resetState': { state: 'active' } },
    ]);
  });

  test('a resize that finds no host fails at once with the reason', async () => {
    await using lab = await connectFake();
    work(lab, 'resize', 'resize_prep', { status: 'ACTIVE' }, { result: 'Error', traceback });
    const { id } = lab.nova.add();
    await expect(lab.cloud.actions.resize(id, 'big', limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
      observed:
        'the work on it has ended and left it ACTIVE with no task on compute1; compute_resize on compute1 failed: ' +
        'nova.exception.NoValidHost: No valid host was found. There are not enough hosts available.',
      advice: expect.stringContaining('Placement') as string,
      instanceAction: { action: 'resize', events: [{ result: 'Error' }] },
    });
  });

  test('an unshelve that fails without an event fails at once all the same', async () => {
    await using lab = await connectFake();
    lab.nova.on('unshelve', (server) => {
      server.task = 'unshelving';
      lab.nova.later(500, () => (server.task = null));
    });
    const { id } = lab.nova.add({ status: 'SHELVED_OFFLOADED', host: null });
    await expect(lab.cloud.actions.unshelve(id, undefined, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
    });
  });

  test('a hard reboot that does not mend an ERROR fails at once', async () => {
    await using lab = await connectFake();
    work(
      lab,
      'reboot',
      'rebooting_hard',
      { status: 'ERROR' },
      { result: 'Error', details: 'QEMU is not there' },
    );
    const { id } = lab.nova.add({ status: 'ERROR', fault: { code: 500, message: 'old' } });
    await expect(lab.cloud.actions.hardReboot(id, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_FAULT',
      observed: expect.stringContaining('QEMU is not there') as string,
    });
  });

  test('an ERROR that leaves its task behind is an end too', async () => {
    await using lab = await connectFake();
    work(lab, 'os-stop', 'powering-off', {
      status: 'ERROR',
      task: 'powering-off',
      fault: { code: 500, message: 'stuck' },
    });
    const { id } = lab.nova.add();
    await expect(lab.cloud.actions.stop(id, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_FAULT',
    });
  });
});

describe.concurrent('liveMigrate', () => {
  function migrate(
    lab: FakeConnection,
    end: { status: string; host?: string; task?: string | null; server?: string; event?: Partial<FakeEvent> },
  ): FakeServer {
    const server = lab.nova.add();
    const old = { serverId: server.id, type: 'live-migration', source: 'compute2', destination: 'compute1' };
    lab.nova.migrations.push({ id: 1, status: 'completed', ...old }, { id: 2, status: 'error', ...old });
    lab.nova.on('os-migrateLive', (_server, events) => {
      Object.assign(server, { status: 'MIGRATING', task: 'migrating' });
      const record: FakeEvent = { event: 'conductor_live_migrate_instance', finished: false };
      events.push(record);
      const migration = { ...old, id: 3, status: 'queued', source: 'compute1', destination: 'compute2' };
      lab.nova.later(150, () => lab.nova.migrations.push(migration));
      lab.nova.later(600, () => {
        Object.assign(server, {
          status: end.server ?? 'ACTIVE',
          task: end.task ?? null,
          host: end.host ?? 'compute1',
        });
        Object.assign(record, { finished: true, ...end.event });
        migration.status = end.status;
      });
    });
    return server;
  }

  test('returns when the migration is completed and the server is elsewhere with nothing to do', async () => {
    await using lab = await connectFake();
    const server = migrate(lab, {
      status: 'completed',
      host: 'compute2',
      task: 'migrating',
      server: 'MIGRATING',
    });
    lab.nova.later(1500, () => Object.assign(server, { status: 'ACTIVE', task: null }));
    expect(await lab.cloud.actions.liveMigrate(server.id, { host: 'compute2' }, limits)).toMatchObject({
      from: 'compute1',
      to: 'compute2',
      migration: { id: 3, status: 'completed' },
      server: { host: 'compute2', status: 'ACTIVE', taskState: null },
    });
  });

  test.each(['error', 'failed', 'cancelled'])('fails at once when the migration is %s', async (status) => {
    await using lab = await connectFake();
    const server = migrate(lab, { status, event: { result: 'Error', traceback } });
    await expect(lab.cloud.actions.liveMigrate(server.id, {}, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
      migration: { id: 3, status },
      observed: expect.stringContaining('NoValidHost: No valid host was found. There are') as string,
    });
  });

  test('fails when the migration is completed and the server is where it was', async () => {
    await using lab = await connectFake();
    const server = migrate(lab, { status: 'completed', host: 'compute1' });
    await expect(lab.cloud.actions.liveMigrate(server.id, {}, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
      action: expect.stringContaining('another host than compute1') as string,
    });
  });

  test('fails at once when the request ended without a migration', async () => {
    await using lab = await connectFake();
    const { id } = lab.nova.add();
    lab.nova.on('os-migrateLive', (_server, events) => {
      events.push({
        event: 'conductor_live_migrate_instance',
        finished: true,
        result: 'Error',
        details: 'no',
      });
    });
    await expect(lab.cloud.actions.liveMigrate(id, {}, limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
      observed: expect.stringContaining('ended without a migration') as string,
    });
  });
});

describe.concurrent('evacuate', () => {
  function evacuate(lab: FakeConnection, status: string, end: Partial<FakeServer>): FakeServer {
    const server = lab.nova.add();
    lab.nova.on('evacuate', (_server, events) => {
      server.task = 'rebuilding';
      const record: FakeEvent = { event: 'rebuild_server', finished: false };
      events.push(record);
      const migration = { id: 5, serverId: server.id, type: 'evacuation', status: 'accepted' };
      const moving = { ...migration, source: 'compute1', destination: 'compute2' };
      lab.nova.migrations.push(moving);
      lab.nova.later(400, () => {
        moving.status = status;
        record.finished = true;
        Object.assign(server, { task: null, ...end });
      });
    });
    return server;
  }

  test('returns the server on its new host, running or stopped', async () => {
    await using lab = await connectFake();
    const server = evacuate(lab, 'done', { host: 'compute2', status: 'SHUTOFF' });
    const moved = await lab.cloud.actions.evacuate(server.id, undefined, { ...limits, microversion: '2.90' });
    expect(moved).toMatchObject({ from: 'compute1', to: 'compute2', server: { status: 'SHUTOFF' } });
    const [sent] = lab.fake.received('POST', /action/);
    expect(sent?.headers['openstack-api-version']).toBe('compute 2.90');
    expect(sent?.json).toEqual({ evacuate: {} });
  });

  test('fails at once when it failed, also when the task is left behind', async () => {
    await using lab = await connectFake();
    const server = evacuate(lab, 'failed', { status: 'ERROR', task: 'rebuilding' });
    await expect(lab.cloud.actions.evacuate(server.id, 'compute2', limits)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_MIGRATION_FAILED',
      migration: { type: 'evacuation', status: 'failed' },
    });
  });
});
