import { run } from '@whitebox/host';
import type { Break, Fault } from './fault.js';
import { editRow } from './tools/edit-database.js';
import { moveVcpu } from './tools/move-threads.js';
import { otherHost, serverOf, sharedOf } from './tools/server-of.js';
import { setAllocations } from './tools/set-allocations.js';

/** The moment when the host that was left is back, before the case looks at it. */
const sourceIsBack = { step: 'act', before: true } as const;

/** libvirt: the host that the guest has left knows its domain again. */
const defineOnOtherHost: Break = async (step, session) => {
  const server = serverOf(step);
  const xml = await server.host.virsh.domainXml(server.domain, { inactive: true });
  const { virsh, machine } = otherHost(step, session);
  await run(machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
  step.atEnd('undefine the second domain', async () => {
    await virsh.run(['undefine', '--domain', server.domain, '--nvram']);
  });
};

export const evacuation: readonly Fault[] = [
  {
    testName:
      'an evacuated guest is on another host, and nothing of it is left on its old one when that is back',
    what: 'the old host still has a domain of the guest',
    layer: 'domain XML',
    ...sourceIsBack,
    break: defineOnOtherHost,
    expects: /which still knows the guest: expected .* to not include/,
  },
  {
    testName:
      'an evacuated guest is on another host, and nothing of it is left on its old one when that is back',
    what: 'Placement has the guest on both hosts',
    layer: 'Placement',
    source: 'lp#1829479',
    ...sourceIsBack,
    break: setAllocations('both hosts'),
    expects: /allocations on \w+: expected \[ .* to deeply equal \[\]/,
  },
  {
    testName: 'a stopped guest that is evacuated to a host of choice is stopped there, and starts',
    what: 'the evacuation is never completed in the database',
    layer: 'database',
    ...sourceIsBack,
    break: editRow({ table: 'migrations', column: 'status' }, "'done'"),
    expects: /migration after the source is back: expected 'done' to be 'completed'/,
  },
  {
    testName: 'an evacuated guest keeps the volume that is attached to it',
    what: 'the disk of the volume is gone from the domain',
    layer: 'domain XML',
    ...sourceIsBack,
    break: async (step) => {
      const { host, domain } = serverOf(step);
      await host.virsh.run(['detach-disk', '--domain', domain, '--target', 'vdb', '--live', '--config']);
    },
    expects: /domain XML has none, expected/,
  },
  {
    testName: 'an evacuated guest that boots from a volume has the same root volume on its new host',
    what: 'the row of the volume names an attachment that Cinder does not have',
    layer: 'database',
    source: 'lp#1889108',
    step: 'evacuate',
    break: editRow(
      { table: 'block_device_mapping', column: 'attachment_id' },
      "'00000000-0000-4000-8000-000000000000'",
    ),
    expects: /Cinder has .*; expected in-use, 00000000-/,
  },
  {
    testName:
      'a guest with dedicated CPUs that is evacuated through a compute API below 2.95 runs on dedicated CPUs of its new host',
    what: 'the guest runs on a shared CPU of its new host',
    layer: 'domain XML',
    step: 'evacuate',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs \d+, expected only some of/,
  },
];
