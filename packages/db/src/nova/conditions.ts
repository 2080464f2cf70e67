import { list, sql, type Sql } from '../sql.js';
import type { InstanceFilter } from './nova-reader.js';

export function instanceConditions(filter: InstanceFilter): readonly Sql[] {
  return [
    ...when(filter.uuids, (uuids) => sql`uuid IN (${list(uuids)})`),
    ...when(filter.host, (host) => sql`host = ${host}`),
    // One without a host (NULL) is not found by this. Without any value SQL would find nothing: no host has no name.
    ...when(filter.notOn, (hosts) => sql`host NOT IN (${list(['', ...hosts])})`),
    ...when(filter.node, (node) => sql`node = ${node}`),
    ...when(filter.projectId, (projectId) => sql`project_id = ${projectId}`),
  ];
}

/** The condition for a value that was given. */
export function when<T>(value: T | undefined, condition: (value: T) => Sql): readonly Sql[] {
  return value === undefined ? [] : [condition(value)];
}
