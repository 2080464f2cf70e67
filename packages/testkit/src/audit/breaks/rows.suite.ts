import type { Undo } from '../../broken-lab.suite.js';
import { edit, inObject, insert, underWay, type LabBreak, type Scene } from './lab-break.suite.js';

const cell0 = '[0]';

/** A field of the NUMA topology of a server. */
function ofTopology(scene: Scene, field: string, value: string): Promise<Undo> {
  const path = inObject('cells', cell0, field);
  const where = `instance_uuid = '${scene.pinned.id}' AND deleted = 0`;
  return edit(
    scene,
    scene.cell,
    'instance_extra',
    'numa_topology',
    where,
    `JSON_SET(numa_topology, '${path}', ${value})`,
  );
}

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

const nobody = '0badf00d-0000-4000-8000-00000000dead';

/** Rows of Nova's databases that say something else than the rest of the cloud. */
export const rowBreaks: readonly LabBreak[] = [
  {
    what: 'a row says that a running server is shut down, which Nova puts right by itself',
    finds: [],
    says: /^$/,
    do: (scene) => ofInstance(scene, 'power_state', '4'),
  },
  {
    what: 'a row says that a running server is shut down, whatever Nova writes',
    finds: ['I1'],
    says: /power_state: expected that of a domain that is running, found shutdown/,
    do: async (scene) => {
      const { lab, cell, pinned } = scene;
      await lab.sql(
        cell,
        `CREATE TRIGGER whitebox_power BEFORE UPDATE ON instances FOR EACH ROW
           SET NEW.power_state = IF(NEW.uuid = '${pinned.id}', 4, NEW.power_state);`,
      );
      const arrive = await ofInstance(scene, 'power_state', '4');
      return async () => {
        await lab.sql(cell, 'DROP TRIGGER whitebox_power;');
        await arrive();
      };
    },
  },
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
    what: 'a row pins a vCPU to a shared CPU',
    finds: ['I6', 'I9'],
    also: ['I11'],
    says: /I9 /,
    do: (scene) => ofTopology(scene, 'cpu_pinning_raw."0"', String(scene.host.shared.ids[0] ?? 0)),
  },
  {
    what: 'a compute forgets which CPUs are taken',
    finds: ['I11'],
    says: /pinned_cpus of cell 0: expected \d.*, found none \(compute_nodes\)/,
    do: (scene) => ofNode(scene, ['pinned_cpus'], 'JSON_ARRAY()'),
  },
  {
    what: 'a row says that a guest is in another cell of the host',
    finds: ['I9', 'I19'],
    also: ['I11', 'I22', 'I23', 'I24', 'I12'],
    says: /I19 /,
    do: (scene) => ofTopology(scene, 'id', '1'),
  },
  {
    what: 'a row says that a guest has other memory',
    finds: ['I20', 'I40'],
    also: ['I22'],
    says: /I20 /,
    do: (scene) => ofTopology(scene, 'memory', '64'),
  },
  {
    what: 'a row says that a guest has hugepages',
    finds: ['I21'],
    also: ['I20', 'I22', 'I23', 'I40'],
    says: /I21 /,
    do: (scene) => ofTopology(scene, 'pagesize', '2048'),
  },
  {
    what: 'a compute accounts for memory of nobody',
    finds: ['I22'],
    says: /memory_usage of cell 0: expected \d+ .*, found 7777 \(compute_nodes\)/,
    do: (scene) => ofNode(scene, ['memory_usage'], '7777'),
  },
  {
    what: 'a compute accounts for floating vCPUs of nobody',
    finds: ['I22'],
    says: /cpu_usage of cell 0: expected \d+ .*, found 77 \(compute_nodes\)/,
    do: (scene) => ofNode(scene, ['cpu_usage'], '77'),
  },
  {
    what: 'a compute has other thread siblings than its kernel',
    finds: ['I24'],
    says: /I24 .*siblings/,
    do: (scene) => ofNode(scene, ['siblings'], 'JSON_ARRAY(JSON_ARRAY(0, 1))'),
  },
  {
    what: 'a request spec asks for another flavor',
    finds: ['I40'],
    says: /flavor: expected .* \(instance_extra\), found another \(request_specs\)/,
    sample: true,
    do: (scene) => ofSpec(scene, `JSON_SET(spec, '${inObject('flavor', 'flavorid')}', 'another')`),
  },
  {
    what: 'a request spec asks for no NUMA topology',
    finds: ['I40'],
    says: /NUMA topology: expected .* \(instance_extra\), found none/,
    do: (scene) => ofSpec(scene, `JSON_SET(spec, '${inObject('numa_topology')}', NULL)`),
  },
  {
    what: 'dedicated vCPUs stand in an object that is too old for them',
    finds: ['I41'],
    says: /cell 0 of request_specs: expected version 1\.5 or newer/,
    do: (scene) =>
      ofSpec(
        scene,
        `JSON_SET(spec, '${inObject('numa_topology', 'cells', cell0)}."nova_object.version"', '1.4')`,
      ),
  },
  {
    what: 'a migration has been running for days',
    finds: ['I42'],
    says: /over within 12 hours, found running since \d+ hours/,
    do: (scene) =>
      insert(scene, scene.cell, 'migrations', {
        created_at: 'NOW() - INTERVAL 3 DAY',
        deleted: '0',
        uuid: 'UUID()',
        instance_uuid: `'${scene.floating.id}'`,
        source_compute: `'${scene.host.name}'`,
        dest_compute: "'elsewhere'",
        source_node: `'${scene.host.name}'`,
        dest_node: "'elsewhere'",
        migration_type: "'live-migration'",
        status: "'running'",
      }),
  },
  {
    what: 'a server has been rebooting for days, as its row says',
    finds: ['I42'],
    says: /task of \S+ \S+: expected over within 12 hours, found rebooting since \d\d hours/,
    do: (scene) => underWay(scene, () => ofInstance(scene, 'updated_at', 'NOW() - INTERVAL 3 DAY')),
  },
  {
    what: 'a server has a volume in the database alone',
    finds: ['I43'],
    says: new RegExp(`volumes: expected .*${nobody}`),
    do: (scene) =>
      insert(scene, scene.cell, 'block_device_mapping', {
        created_at: 'NOW()',
        deleted: '0',
        uuid: 'UUID()',
        instance_uuid: `'${scene.pinned.id}'`,
        device_name: "'/dev/vdx'",
        source_type: "'volume'",
        destination_type: "'volume'",
        volume_id: `'${nobody}'`,
        attachment_id: 'UUID()',
        connection_info: "'{}'",
      }),
  },
];
