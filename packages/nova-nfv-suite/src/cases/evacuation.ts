import {
  blockStorage,
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  expectDisksOpen,
  expectVolumes,
  freeDedicatedCpus,
  microversion,
  shared,
  test,
} from '@whitebox/testkit';
import { bootFromVolume } from '../boot-from-volume.js';
import { evacuate, statusAfterEvacuation } from '../evacuation.js';

// The predecessor asks for compute API 2.95 and expects SHUTOFF; what an older Nova does is as much worth a look.

test(
  'an evacuated guest is on another host, and nothing of it is left on its old one when that is back',
  {
    claim: { ownHosts: 1, sharedHosts: 'all' },
    needs: [computes(2), microversion('2.53')],
    replaces: ['test_server_evacuation.ServerEvacuation.test_evacuate_to_shutoff'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    const resources = await server.allocations();
    const evacuated = await evacuate(cloud, server);
    expect((await server.refresh()).status).toBe(statusAfterEvacuation(cloud));

    await evacuated.sourceIsBack();
    expect(await server.allocations()).toEqual(resources);
    if ((await server.refresh()).status === 'SHUTOFF') await server.start();
    await expectDisksOpen(server);
  },
);

test(
  'a stopped guest that is evacuated to a host of choice is stopped there, and starts',
  {
    claim: { ownHosts: 1, sharedHosts: 'all' },
    needs: [computes(2), microversion('2.53')],
    replaces: ['test_server_evacuation.ServerEvacuation.test_evacuate_with_target_host'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    await server.stop();
    const target = cloud.computeOtherThan(server.host);
    const evacuated = await evacuate(cloud, server, { to: target });
    expect((await server.refresh()).status).toBe('SHUTOFF');
    expect((await target.virsh.domstate(server.domain)).state).toBe('shut off');

    await evacuated.sourceIsBack();
    await server.start();
    await expectDisksOpen(server);
  },
);

test(
  'an evacuated guest keeps the volume that is attached to it',
  {
    claim: { volumes: 1, ownHosts: 1, sharedHosts: 'all' },
    needs: [computes(2), microversion('2.53'), blockStorage()],
    replaces: ['test_server_evacuation.ServerEvacuation.test_evacuate_attached_vol'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: shared(1) });
    const volume = await cloud.volume();
    await server.attachVolume(volume);
    await expectVolumes(cloud, server, [volume]);

    const evacuated = await evacuate(cloud, server);
    expect((await server.refresh()).status).toBe(statusAfterEvacuation(cloud));
    await expectVolumes(cloud, server, [volume]);

    await evacuated.sourceIsBack();
    if ((await server.refresh()).status === 'SHUTOFF') await server.start();
    await expectVolumes(cloud, server, [volume]);
    await expectDisksOpen(server);
  },
);

test(
  'an evacuated guest that boots from a volume has the same root volume on its new host',
  {
    claim: { volumes: 1, ownHosts: 1, sharedHosts: 'all' },
    needs: [computes(2), microversion('2.53'), blockStorage()],
    replaces: ['test_server_evacuation.ServerEvacuation.test_evacuate_bfv_server'],
  },
  async ({ cloud }) => {
    const { server, volume } = await bootFromVolume(cloud);
    const evacuated = await evacuate(cloud, server);
    expect((await server.refresh()).status).toBe(statusAfterEvacuation(cloud));
    await expectVolumes(cloud, server, [volume]);

    await evacuated.sourceIsBack();
    if ((await server.refresh()).status === 'SHUTOFF') await server.start();
    await expectVolumes(cloud, server, [volume]);
    await expectDisksOpen(server);
  },
);

test(
  'a guest with dedicated CPUs that is evacuated through a compute API below 2.95 runs on dedicated CPUs of its new host',
  {
    claim: { ownHosts: 1, sharedHosts: 'all', dedicatedCpus: 1 },
    needs: [
      computes(2),
      microversion('2.53'),
      freeDedicatedCpus({ perHost: 1, hosts: 2 }),
      disjointDedicatedSets(),
    ],
    replaces: ['test_server_evacuation.ServerEvacuationV294.test_evacuate_to_active'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(1) });
    expect((await server.cpus()).pinned).toLieWithin(server.host.dedicated);
    // Unlike the predecessor's 2.94 this works where the cloud, or its client, goes no higher than 2.93 or asks for 2.95.
    const evacuated = await evacuate(cloud, server, { microversion: '2.53' });
    expect((await server.refresh()).status).toBe('ACTIVE');

    await evacuated.sourceIsBack();
    const cpus = await server.cpus();
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    expect(cpus).toAgreeEverywhere();
    await expectDisksOpen(server);
  },
);
