import { run } from '@whitebox/host';
import type { Break, Fault } from './fault.js';
import { cellPath, editRow, editTopology } from './tools/edit-database.js';
import { pinVcpuInInactiveXml } from './tools/edit-domain.js';
import { moveThread, moveVcpu } from './tools/move-threads.js';
import { otherHost, serverOf, sharedOf } from './tools/server-of.js';
import { setAllocations } from './tools/set-allocations.js';

const nameOf = (guest: string, what: string): string =>
  `a guest ${guest} whose live migration ${what} stays as it is, and nothing is kept for it elsewhere`;
const aborted = nameOf('from a volume', 'is aborted');
const killed = nameOf('from a volume', 'fails because its new process dies');
const step = 'live-migrate';

/** The destination still knows the guest, as after a rollback that was not finished. */
const keepDomain: Break = async (current, session) => {
  const { domain, id } = serverOf(current);
  const { machine, virsh } = otherHost(current, session);
  const xml = `<domain type='qemu'><name>${domain}</name><uuid>${id}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>`;
  current.atEnd('have the destination forget the guest', async () => {
    await virsh.run(['undefine', '--domain', domain]).catch(() => undefined);
  });
  await run(machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
};

/** As nova/objects/migration_context.py writes it down. */
const someContext = JSON.stringify({
  'nova_object.name': 'MigrationContext',
  'nova_object.namespace': 'nova',
  'nova_object.version': '1.2',
  'nova_object.data': {
    instance_uuid: 'x',
    migration_id: 1,
    new_numa_topology: null,
    old_numa_topology: null,
  },
});

export const rollback: readonly Fault[] = [
  {
    testName: aborted,
    what: 'the database has other CPUs for the guest',
    layer: 'database',
    source: 'lp#1894095',
    step,
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
  {
    testName: aborted,
    what: 'Placement has the guest on both hosts',
    layer: 'Placement',
    step,
    break: setAllocations('both hosts'),
    expects: /to deeply equal \{/,
  },
  {
    testName: aborted,
    what: 'the destination still knows the guest',
    layer: 'domain XML',
    step,
    break: keepDomain,
    expects: /still knows the guest: expected true/,
  },
  {
    testName: killed,
    what: 'the kernel runs a vCPU on a shared CPU',
    layer: 'kernel',
    step,
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
  {
    testName: killed,
    what: 'the next reboot would start from another pin',
    layer: 'inactive XML',
    step,
    break: pinVcpuInInactiveXml(0, sharedOf),
    expects: /vcpupin 0: domain XML \d+, inactive XML \d+|vCPU 0: domain XML \d+, inactive XML \d+/,
  },
  {
    testName: killed,
    what: 'the guest still has a migration context',
    layer: 'database',
    step,
    break: editRow({ table: 'instance_extra', column: 'migration_context' }, `'${someContext}'`),
    expects: /migration context: expected/,
  },
  {
    testName: nameOf('with a disk of its own', 'is aborted'),
    what: 'the guest runs on a shared CPU already before',
    layer: 'domain XML',
    step: 'boot',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected only some of/,
  },
];
