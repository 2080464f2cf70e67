import { hostRule } from '../rule.js';

export const i27 = hostRule({
  id: 'I27',
  statement:
    'a device that is given away is given to a server on its host, and claimed only while something is under way',
  source: 'nova/objects/pci_device.py; nova/pci/manager.py (lp#1641750)',
  transience: 'transient',
  confidence: 'certain',
  remedy: 'Restart nova-compute of the host, which frees the devices of servers that are not there',
  reads: ['database'],
  host: ['pciDevices', 'instances'],
  migrations: true,
  check: ({ name, pciDevices, instances }, { snapshot, violated }) => {
    for (const { address, instanceUuid, status } of pciDevices) {
      if (instanceUuid === null) continue;
      const instance = instances.find(({ uuid }) => uuid === instanceUuid);
      const moving = (snapshot.migrations ?? []).some(
        (migration) =>
          migration.instanceUuid === instanceUuid &&
          migration.inProgress &&
          [migration.sourceCompute, migration.destCompute].includes(name),
      );
      if (moving) continue;
      if (instance === undefined)
        violated({
          point: `device ${address}`,
          expected: `a server on ${name}`,
          found: `${status} to ${instanceUuid}`,
        });
      else if (status === 'claimed' && instance.taskState === null)
        violated({ point: `device ${address}`, expected: 'allocated', found: `claimed for ${instanceUuid}` });
    }
  },
});
