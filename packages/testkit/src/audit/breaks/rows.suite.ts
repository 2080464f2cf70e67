import { edit, inObject, type LabBreak, type Scene, type Undo } from './lab-break.suite.js';

const cell0 = '[0]';

/** A field of the first cell that a compute accounts for. */
function ofNode(scene: Scene, fields: readonly string[], value: string): Promise<Undo> {
  const path = inObject('cells', cell0, ...fields);
  const where = `deleted = 0 AND host = '${scene.host.name}'`;
  return edit(
    scene,
    scene.cell,
    'compute_nodes',
    'numa_topology',
    where,
    `JSON_SET(numa_topology, '${path}', ${value})`,
  );
}

function ofInstance(scene: Scene, column: string, value: string): Promise<Undo> {
  return edit(scene, scene.cell, 'instances', column, `uuid = '${scene.pinned.id}'`, value);
}

function ofSpec(scene: Scene, value: string): Promise<Undo> {
  return edit(scene, 'nova_api', 'request_specs', 'spec', `instance_uuid = '${scene.pinned.id}'`, value);
}

/** Rows of Nova's databases that say something else than the rest of the cloud. */
export const rowBreaks: readonly LabBreak[] = [
  {
    what: 'a row says that a running server is paused',
    finds: ['I1'],
    says: /state of the domain: expected paused \(vm_state paused\), found running/,
    do: (scene) => ofInstance(scene, 'vm_state', "'paused'"),
  },
  {
    what: 'a server is mapped to another cell',
    finds: ['I4'],
    says: /instance mapping: expected \S+, found 00000000-/,
    do: (scene) =>
      edit(
        scene,
        'nova_api',
        'instance_mappings',
        'cell_id',
        `instance_uuid = '${scene.pinned.id}'`,
        "(SELECT id FROM cell_mappings WHERE uuid = '00000000-0000-0000-0000-000000000000')",
      ),
  },
  {
    what: 'a host is mapped to another cell',
    finds: ['I4'],
    says: /mapping of host \S+: expected \S+, found 00000000-/,
    do: (scene) =>
      edit(
        scene,
        'nova_api',
        'host_mappings',
        'cell_id',
        `host = '${scene.host.name}'`,
        "(SELECT id FROM cell_mappings WHERE uuid = '00000000-0000-0000-0000-000000000000')",
      ),
  },
  {
    what: 'a compute forgets which CPUs are taken',
    finds: ['I11'],
    says: /pinned_cpus of cell 0: expected \d.*, found none \(compute_nodes\)/,
    do: (scene) => ofNode(scene, ['pinned_cpus'], 'JSON_ARRAY()'),
  },
  {
    what: 'a compute accounts for floating vCPUs of nobody',
    finds: ['I22'],
    says: /cpu_usage of cell 0: expected \d+ .*, found 77 \(compute_nodes\)/,
    do: (scene) => ofNode(scene, ['cpu_usage'], '77'),
  },
  {
    what: 'a request spec asks for another flavor',
    finds: ['I40'],
    says: /flavor: expected .* \(instance_extra\), found another \(request_specs\)/,
    sample: true,
    do: (scene) => ofSpec(scene, `JSON_SET(spec, '${inObject('flavor', 'flavorid')}', 'another')`),
  },
];
