import type { InstanceNumaTopology } from '@whitebox/db';
import type { Loose } from './good-snapshot.js';
import type { Guest } from './change-snapshot.js';
import { numaId } from './good-snapshot.js';

/** Of a migration of the pinned guest. */
export function migrationContext(
  migrationId: number,
  oldNumaTopology: Loose<InstanceNumaTopology>,
  newNumaTopology: Loose<InstanceNumaTopology>,
): NonNullable<NonNullable<Guest['extra']>['migrationContext']> {
  return {
    instanceUuid: numaId,
    migrationId,
    oldNumaTopology,
    newNumaTopology,
    oldPciDevices: [],
    newPciDevices: [],
    oldPciRequests: [],
    newPciRequests: [],
    oldResources: [],
    newResources: [],
    version: '1.2',
    raw: {},
  };
}
