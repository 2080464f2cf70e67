import type { Undo } from '../../broken-lab.suite.js';
import { childProvider, reallocate } from '../../broken-placement.suite.js';
import { edit, insert, together, type LabBreak, type Scene } from './lab-break.suite.js';
import { root } from './placement.suite.js';

const nobody = '0badf00d-0000-4000-8000-00000000dead';
const provider = '0badf00d-0000-4000-8000-00000000dc11';

/** A row of a device that the host does not have. */
async function device(scene: Scene, row: Readonly<Record<string, string>>): Promise<Undo> {
  const node = await scene.lab.sql(
    scene.cell,
    `SELECT id FROM compute_nodes WHERE deleted = 0 AND host = '${scene.host.name}';`,
  );
  return insert(scene, scene.cell, 'pci_devices', {
    created_at: 'NOW()',
    deleted: '0',
    compute_node_id: node,
    address: "'00ff:81:00.1'",
    vendor_id: "'8086'",
    product_id: "'1515'",
    dev_type: "'type-PCI'",
    dev_id: "'pci_00ff_81_00_1'",
    label: "'label_8086_1515'",
    status: "'available'",
    extra_info: "'{}'",
    uuid: 'UUID()',
    ...row,
  });
}

/** A provider of a device, below the compute. */
async function deviceProvider(
  scene: Scene,
  name: string,
  total: Readonly<Record<string, number>>,
  traits: readonly string[],
): Promise<Undo> {
  const { id: parentId, name: compute } = await root(scene);
  const child = { id: provider, name: `${compute}_${name}`, parentId, total, traits };
  return childProvider(scene.lab.session, child);
}

/**
 * Devices of the host. A lab has none that could be given to a guest: no SR-IOV, no vDPA, no mediated devices, not even macvtap. So
 * these are rows and resources of devices that are not there, and what that breaks beside is found too.
 */
export const deviceBreaks: readonly LabBreak[] = [
  {
    what: 'a device that the host does not have is available',
    finds: ['I29', 'I32'],
    says: /I29 .*00ff:81:00.1/,
    do: (scene) => device(scene, {}),
  },
  {
    what: 'a device is given to a server that is not there',
    finds: ['I27', 'I29'],
    says: new RegExp(`I27 .*${nobody}`),
    do: (scene) => device(scene, { status: "'allocated'", instance_uuid: `'${nobody}'` }),
  },
  {
    what: 'a device is given to a server that did not ask for it',
    finds: ['I25', 'I29'],
    says: /I25 /,
    do: (scene) => device(scene, { status: "'allocated'", instance_uuid: `'${scene.pinned.id}'` }),
  },
  {
    what: 'a physical function and its virtual one are both unavailable, and nobody has either',
    finds: ['I28'],
    says: /physical function 00ff:81:00.0: expected the physical one available, .*, found 00ff:81:00.0 unavailable/,
    do: (scene) => {
      const unavailable = { status: "'unavailable'", dev_id: "'pci_00ff_81_00'" };
      return together([
        () => device(scene, { ...unavailable, address: "'00ff:81:00.0'", dev_type: "'type-PF'" }),
        () => device(scene, { ...unavailable, dev_type: "'type-VF'", parent_addr: "'00ff:81:00.0'" }),
      ]);
    },
  },
  {
    what: 'a device that must be near a guest is of another cell of the host',
    finds: ['I25', 'I29', 'I31'],
    says: /I31 .*device 00ff:81:00.1: expected on a cell of 0, found on 1/,
    do: (scene) => {
      const request = `'[{"count": 1, "spec": [{}], "alias_name": null, "is_new": false, "numa_policy": "required", "request_id": "${nobody}", "requester_id": null}]'`;
      const where = `instance_uuid = '${scene.pinned.id}'`;
      return together([
        () => edit(scene, scene.cell, 'instance_extra', 'pci_requests', where, request),
        () =>
          device(scene, {
            status: "'allocated'",
            instance_uuid: `'${scene.pinned.id}'`,
            request_id: `'${nobody}'`,
            numa_node: '1',
          }),
      ]);
    },
  },
  {
    what: 'Placement has a device of which the database has no row',
    finds: ['I33'],
    says: /inventory of \S+_00FF:81:00.0: expected 0 \(pci_devices\), found 1 \(Placement\)/,
    do: (scene) => deviceProvider(scene, '00FF:81:00.0', { PCI_DEVICE: 1 }, ['COMPUTE_MANAGED_PCI_DEVICE']),
  },
  {
    what: 'a server has a virtual GPU in Placement alone',
    finds: ['I34'],
    says: /mediated devices: expected 1 \(Placement\), found 0 \(domain XML\)/,
    do: (scene) => {
      const { session } = scene.lab;
      const share = { [provider]: { resources: { VGPU: 1 } } };
      return together([
        () => deviceProvider(scene, 'pci_00ff_84_00_0', { VGPU: 1 }, []),
        () => reallocate(session, scene.pinned.id, (now) => now, share),
      ]);
    },
  },
];
