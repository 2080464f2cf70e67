import { list, sql, type Sql } from '../sql.js';
import type { InstanceFilter } from './nova-reader.js';

export function instanceConditions(filter: InstanceFilter): readonly Sql[] {
  return [
    ...when(filter.uuids, (uuids) => sql`uuid IN (${list(uuids)})`),
    ...when(filter.host, (host) => sql`host = ${host}`),
    ...when(filter.node, (node) => sql`node = ${node}`),
    ...when(filter.projectId, (projectId) => sql`project_id = ${projectId}`),
  ];
}

/** The condition for a value that was given. */
export function when<T>(value: T | undefined, condition: (value: T) => Sql): readonly Sql[] {
  return value === undefined ? [] : [condition(value)];
}
