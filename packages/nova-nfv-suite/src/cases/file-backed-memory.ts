import { blockStorage, computes, expect, expectVolumes, feature, shared, test } from '@whitebox/testkit';
import { expectFileBacked, expectNotFileBacked, useFileBackedMemory } from '../file-backed-memory.js';
import { bootFromVolume } from '../boot-from-volume.js';

test(
  'the memory of a guest is a shared file where computes back it with files, after a resize to another host and a live migration back too',
  {
    needs: [computes(2), feature('resize'), feature('live_migration')],
    replaces: [
      'test_file_backed_memory.FileBackedMemory.test_resize_file_backed_server_on_diff_host',
      'test_file_backed_memory.FileBackedMemory.test_live_migrate_file_backed_server',
    ],
  },
  async ({ cloud }) => {
    const sizeMib = await useFileBackedMemory(cloud);
    const server = await cloud.boot({ flavor: { ...shared(1), ramMib: 64 } });
    const first = server.host;
    await expectFileBacked(server);
    for (const { memoryMiB } of await cloud.database.computeNodes({ host: first.name })) {
      expect(memoryMiB).toBe(sizeMib);
    }

    await server.resize({ ...shared(2), ramMib: 96 });
    await expectFileBacked(server);

    await server.liveMigrate();
    await expectFileBacked(server);
  },
);

// The predecessor expects that the request is refused with 400, and is: it leaves out `block_migration`, without which Nova
// refuses every live migration. Nova has no such rule; libvirt refuses to change what backs the memory of a running guest.
test(
  'a live migration to a host with file-backed memory from one without fails, and leaves the guest and its volume as they were',
  {
    claim: { volumes: 1, ownHosts: 1, sharedHosts: 'all' },
    needs: [computes(2), feature('live_migration'), blockStorage()],
    replaces: [
      'test_file_backed_memory.FileBackedMemory.test_live_migrate_non_file_backed_host_to_file_backed_host',
    ],
  },
  async ({ cloud }) => {
    const destination = cloud.ownCompute;
    const { server, volume } = await bootFromVolume(cloud, { host: cloud.computeOtherThan(destination) });
    const source = server.host;
    await expectNotFileBacked(server);
    const before = await cloud.openstack.placement.allocations(server.id);
    await useFileBackedMemory(cloud, [destination]);

    await cloud.act(
      'act',
      `live migrate ${server.name} to ${destination.name}, which must fail`,
      async () => {
        await expect(
          cloud.openstack.actions.liveMigrate(
            server.id,
            { host: destination.name },
            { signal: cloud.signal },
          ),
        ).rejects.toMatchObject({ code: 'WB_OPENSTACK_MIGRATION_FAILED' });
      },
      server,
    );

    const { status, taskState, host } = await server.refresh();
    expect({ status, taskState, host }).toEqual({ status: 'ACTIVE', taskState: null, host: source.name });
    await expectNotFileBacked(server);
    // lp#1889108: the rollback deleted attachments that the guest still used.
    await expectVolumes(cloud, server, [volume]);
    expect(await cloud.openstack.placement.allocations(server.id), 'allocations').toEqual(before);
    const domains = (await destination.virsh.list()).map(({ name }) => name);
    expect(domains, `domains of ${destination.name}`).not.toContain(server.domain);
  },
);
