import { run } from '@whitebox/host';
import type { Break, Fault } from './fault.js';
import { changeComputes } from './tools/configuration.js';
import { editRow } from './tools/edit-database.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { serverOf } from './tools/server-of.js';
import { setAllocations } from './tools/set-allocations.js';

/** libvirt: a disk is gone from the running domain and its definition. */
function detachDisk(target: string): Break {
  return async (step) => {
    const { host, domain } = serverOf(step);
    await host.virsh.run(['detach-disk', '--domain', domain, '--target', target, '--live', '--config']);
  };
}

export const volumes: readonly Fault[] = [
  {
    testName:
      'the memory of a guest is a shared file where computes back it with files, after a resize to another host and a live migration back too',
    what: 'the next start would take private memory',
    layer: 'inactive XML',
    step: 'live-migrate',
    break: editInactiveXml("(<access mode=')shared", 'private'),
    expects: /inactive XML: expected \{ source: 'file'/,
  },
  {
    testName:
      'a live migration to a host with file-backed memory from one without fails, and leaves the guest and its volume as they were',
    what: 'the rollback leaves the allocations on the other host',
    layer: 'Placement',
    source: 'lp#1712045',
    step: 'act',
    break: setAllocations('both hosts'),
    expects: /allocations: expected \[.*\] to deeply equal/s,
  },
  {
    testName:
      'a live migration to a host with file-backed memory from one without fails, and leaves the guest and its volume as they were',
    what: 'the rollback loses the attachment of the volume',
    layer: 'database',
    source: 'lp#1889108',
    step: 'act',
    break: editRow(
      { table: 'block_device_mapping', column: 'attachment_id' },
      "'00000000-0000-4000-8000-000000000000'",
    ),
    expects: /Cinder has .*; expected in-use, 00000000-/,
  },
  {
    testName:
      'a live migration there and back keeps the cache mode of a volume that a guest boots from, and its attachment',
    what: 'the next start would use another cache mode',
    layer: 'inactive XML',
    step: 'live-migrate',
    break: editInactiveXml(/(<driver name=.qemu. type=.\w+. cache=.)\w+/.source, 'directsync'),
    expects: /cache mode in domain XML and inactive XML: expected \[ '\w+', 'directsync' \]/,
  },
  {
    testName: 'a guest that boots with many volumes has all of them on one virtio-scsi controller',
    what: 'a disk is gone from the domain',
    layer: 'domain XML',
    source: 'lp#1686116',
    step: 'boot',
    break: detachDisk('sdg'),
    expects: /disks on the controller, domain XML: expected .* to have a length of 7 but got 6/,
  },
  {
    testName:
      'many volumes that are attached to a guest are on one virtio-scsi controller with its root disk',
    what: 'somebody puts another file in the place of a disk that QEMU has open',
    layer: 'host file',
    source: 'lp#1550919',
    step: 'attach-volume',
    nth: 6,
    break: async (step) => {
      const { host, domain } = serverOf(step);
      const { devices } = await host.virsh.domain(domain);
      const root = devices.disks.find(({ serial }) => serial === undefined)?.source?.path;
      if (root === undefined) throw new Error('The guest has no root disk that is a file.');
      await run(host.machine, ['cp', '--preserve', '--', root, `${root}.other`]);
      await run(host.machine, ['mv', '--', `${root}.other`, root]);
    },
    expects: /\/disk is not the file that QEMU has open/,
  },
  {
    testName: 'a guest gets as many disks as its compute allows and no more, at boot and attached',
    what: 'another limit is in force',
    layer: 'configuration',
    step: 'configure',
    break: (step, session) =>
      changeComputes(step, session, () => [
        { section: 'compute', option: 'max_disk_devices_to_attach', value: '4' },
      ]),
    expects: /promise resolved .* instead of rejecting/s,
  },
  {
    testName:
      'a volume that cannot be detached while libvirt is down stays attached, and is detached afterwards',
    what: 'the failed detach takes the disk away all the same',
    layer: 'domain XML',
    step: 'start-service',
    break: async (step, session) => {
      for (const { virsh } of session.computes) {
        for (const { name } of await virsh.list()) {
          const { devices } = await virsh.domain(name);
          const volume = devices.disks.find(({ serial }) => serial !== undefined);
          if (volume === undefined) continue;
          await virsh.run([
            'detach-disk',
            '--domain',
            name,
            '--target',
            volume.targetDev,
            '--live',
            '--config',
          ]);
        }
      }
    },
    expects: /domain XML has none, expected/,
  },
];
