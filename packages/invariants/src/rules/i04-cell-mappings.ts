import { guestRule } from '../rule.js';

export const i04 = guestRule({
  id: 'I4',
  statement: 'the API database maps a server and its host to the cell in which their rows are',
  source: 'nova/conductor/manager.py, schedule_and_build_instances; nova/objects/host_mapping.py',
  transience: 'stuck',
  confidence: 'certain',
  remedy:
    'nova-manage cell_v2 verify_instance --uuid SERVER; nova-manage cell_v2 map_instances --cell_uuid CELL; nova-manage cell_v2 discover_hosts',
  reads: ['database'],
  guest: ['mappedCell'],
  host: ['mappedCell'],
  check: ({ instance, mappedCell }, host, { violated }) => {
    const cell = instance?.cell.uuid ?? '';
    if (mappedCell !== cell)
      violated({ point: 'instance mapping', expected: cell, found: mappedCell ?? 'none' });
    if (host.mappedCell !== cell)
      violated({ point: `mapping of host ${host.name}`, expected: cell, found: host.mappedCell ?? 'none' });
  },
});
