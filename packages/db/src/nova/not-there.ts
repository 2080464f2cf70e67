import type { Database } from '../database.js';
import { NovaDataError } from './errors.js';

export function noCell(observed: string): NovaDataError {
  return new NovaDataError({
    code: 'WB_NOVA_DB_NO_CELL',
    action: 'look for a cell',
    observed,
    advice: 'Compare with `nova-manage cell_v2 list_cells`.',
  });
}

export function noInstance(uuid: string, database: Database, observed: string): NovaDataError {
  return new NovaDataError({
    code: 'WB_NOVA_DB_NO_INSTANCE',
    action: `look for server ${uuid} in ${database.name}`,
    observed,
    advice: 'Rows of deleted servers are left out; check the id, and that this is the right cloud.',
  });
}
