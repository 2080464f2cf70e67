export { type DatabaseOptions, type StatementRecord, type TlsOptions } from './connect-options.js';
export { Database } from './database.js';
export { type Dialer } from './direct.js';
export { DatabaseError, type DatabaseErrorCode } from './errors.js';
export { type Change } from './results.js';
export { type Row, type SqlResultValue, type SqlValue } from './sql-value.js';
export { all, identifier, list, sql, type Sql } from './sql.js';
export { type Queryable, type Transaction } from './transaction.js';

export { type CellAccess, type NovaDatabaseOptions } from './nova/cell-access.js';
export { type Cell } from './nova/cell.js';
export { fillTemplate, parseConnectionUrl, type ConnectionUrl } from './nova/connection-url.js';
export { NovaDataError, type NovaDataErrorCode } from './nova/errors.js';
export { type EmbeddedFlavor, type InstanceFlavors } from './nova/flavor.js';
export { type HostNumaCell, type HostNumaTopology, type HostPages } from './nova/host-numa-topology.js';
export { type InstanceExtra, type MigrationContext, type NamedResource } from './nova/instance-extra.js';
export {
  pinnedCpus,
  reservedCpus,
  vcpuPinning,
  type InstanceNumaCell,
  type InstanceNumaTopology,
} from './nova/instance-numa-topology.js';
export { NovaDatabase } from './nova/nova-database.js';
export {
  type ComputeNodeFilter,
  type InstanceFilter,
  type MigrationFilter,
  type NovaReader,
  type PciDeviceFilter,
  type ServiceFilter,
} from './nova/nova-reader.js';
export { type PciDevice, type PciPool, type PciRequest } from './nova/pci.js';
export { type RequestSpec } from './nova/request-spec.js';
export { type BlockDeviceRow } from './nova/rows/block-device.js';
export { type CellRow } from './nova/rows/common.js';
export { type ComputeNodeRow } from './nova/rows/compute-node.js';
export { type InstanceRow, type PowerState } from './nova/rows/instance.js';
export { type MigrationRow } from './nova/rows/migration.js';
export { type PciDeviceRow } from './nova/rows/pci-device.js';
export { type ServiceRow } from './nova/rows/service.js';
