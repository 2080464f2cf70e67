import type { Limits } from '@whitebox/core';
import { Database } from '../database.js';
import { list, sql, type Sql } from '../sql.js';
import { CellDatabases, cellWithId, type OpenCell } from './cell-databases.js';
import type { NovaDatabaseOptions } from './cell-access.js';
import type { Cell } from './cell.js';
import { instanceConditions, when } from './conditions.js';
import { NovaDataError } from './errors.js';
import { findApiDatabase } from './find-api-database.js';
import { instanceExtraTable, readInstanceExtra, type InstanceExtra } from './instance-extra.js';
import { readInstanceNumaTopology, type InstanceNumaTopology } from './instance-numa-topology.js';
import { noInstance } from './not-there.js';
import type {
  ComputeNodeFilter,
  HostMappingFilter,
  InstanceFilter,
  MigrationFilter,
  NovaReader,
  PciDeviceFilter,
  ServiceFilter,
} from './nova-reader.js';
import { readRequestSpec, type RequestSpec } from './request-spec.js';
import { blockDevicesTable, readBlockDevice, type BlockDeviceRow } from './rows/block-device.js';
import { computeNodesTable, readComputeNode, type ComputeNodeRow } from './rows/compute-node.js';
import { instancesTable, readInstance, type InstanceRow } from './rows/instance.js';
import { migrationEndings, migrationsTable, readMigration, type MigrationRow } from './rows/migration.js';
import { pciDevicesTable, readPciDevice, type PciDeviceRow } from './rows/pci-device.js';
import { readService, servicesTable, type ServiceRow } from './rows/service.js';
import { TableReader, type Table, type TableRow } from './table.js';

const hostMappingsTable: Table = {
  name: 'host_mappings',
  columns: ['id', 'cell_id', 'host'],
  softDeletes: false,
};
const requestSpecsTable: Table = {
  name: 'request_specs',
  columns: ['id', 'instance_uuid', 'spec'],
  softDeletes: false,
};
const systemMetadataTable: Table = {
  name: 'instance_system_metadata',
  columns: ['id', 'instance_uuid', 'key', 'value'],
  softDeletes: true,
};

/** Nova's databases: the API database and, found through it, those of the cells, connected when they are needed. */
export class NovaDatabase implements NovaReader, AsyncDisposable {
  /** The API database, for what the readers do not cover. */
  readonly api: Database;
  readonly #apiTables: TableReader;
  readonly #cells: CellDatabases;

  private constructor(api: Database, options: NovaDatabaseOptions) {
    this.api = api;
    this.#apiTables = new TableReader(api);
    this.#cells = new CellDatabases(api, this.#apiTables, options);
  }

  /**
   * Connects to the API database. Without `database` it is looked for: it is the one with a table `cell_mappings`.
   *
   * @throws DatabaseError as {@link Database.connect}; NovaDataError `WB_NOVA_DB_NO_API_DATABASE`
   */
  static async open(options: NovaDatabaseOptions): Promise<NovaDatabase> {
    const { connection, cellServer, cellAccount, ...server } = options;
    const database = server.database ?? (await findApiDatabase(server));
    const api = await Database.connect({ ...server, database });
    return new NovaDatabase(api, { ...server, connection, cellServer, cellAccount });
  }

  /** The database of a cell, for what the readers do not cover. It is closed with this one. */
  async cellDatabase(cell: Pick<Cell, 'uuid'>): Promise<Database> {
    return (await this.#cells.open(await this.#cells.withUuid(cell.uuid))).database;
  }

  async cells(limits?: Limits): Promise<readonly Cell[]> {
    return (await this.#cells.mappings(limits)).map(({ cell }) => cell);
  }

  async cellOf(instanceUuid: string, limits?: Limits): Promise<Cell> {
    return (await this.#cells.mappingOf(instanceUuid, limits)).cell;
  }

  async instance(uuid: string, limits?: Limits): Promise<InstanceRow> {
    const { row, cell } = await this.#one(instancesTable, sql`uuid = ${uuid}`, uuid, limits);
    return readInstance(row, cell);
  }

  instances(filter: InstanceFilter = {}, limits?: Limits): Promise<readonly InstanceRow[]> {
    return this.#everywhere(instancesTable, instanceConditions(filter), readInstance, limits);
  }

  async extra(instanceUuid: string, limits?: Limits): Promise<InstanceExtra> {
    return readInstanceExtra(await this.#extraRow(instanceExtraTable, instanceUuid, limits));
  }

  extras(filter: InstanceFilter = {}, limits?: Limits): Promise<readonly InstanceExtra[]> {
    const conditions = instanceConditions(filter);
    const instances = conditions.reduce((sum, each) => sql`${sum} AND ${each}`, sql`deleted = 0`);
    const where = [sql`instance_uuid IN (SELECT uuid FROM instances WHERE ${instances})`];
    return this.#everywhere(instanceExtraTable, where, readInstanceExtra, limits);
  }

  async numaTopology(instanceUuid: string, limits?: Limits): Promise<InstanceNumaTopology | null> {
    const table: Table = {
      name: 'instance_extra',
      columns: ['id', 'instance_uuid', 'numa_topology'],
      softDeletes: true,
    };
    const row = await this.#extraRow(table, instanceUuid, limits);
    return row.json('numa_topology', readInstanceNumaTopology);
  }

  async requestSpec(instanceUuid: string, limits?: Limits): Promise<RequestSpec> {
    const where = [sql`instance_uuid = ${instanceUuid}`];
    const [row] = await this.#apiTables.select(requestSpecsTable, where, limits);
    const spec = row?.json('spec', readRequestSpec) ?? null;
    if (spec !== null) return spec;
    throw new NovaDataError({
      code: 'WB_NOVA_DB_NO_REQUEST_SPEC',
      action: `read the request spec of server ${instanceUuid} in ${this.api.name}`,
      observed: 'request_specs has no row for it',
      advice: 'It goes with the server: see whether that was deleted meanwhile.',
    });
  }

  async systemMetadata(instanceUuid: string, limits?: Limits): Promise<ReadonlyMap<string, string | null>> {
    const { tables } = await this.#cellFor(instanceUuid, limits);
    const found = await tables.select(systemMetadataTable, [sql`instance_uuid = ${instanceUuid}`], limits);
    return new Map(found.map((row) => [row.text('key'), row.textOrNull('value')]));
  }

  async blockDevices(instanceUuid: string, limits?: Limits): Promise<readonly BlockDeviceRow[]> {
    const { tables, cell } = await this.#cellFor(instanceUuid, limits);
    const found = await tables.select(blockDevicesTable, [sql`instance_uuid = ${instanceUuid}`], limits);
    return found.map((row) => readBlockDevice(row, cell));
  }

  async requestSpecs(
    instanceUuids: Iterable<string>,
    limits?: Limits,
  ): Promise<ReadonlyMap<string, RequestSpec>> {
    const found = await this.#apiTables.select(requestSpecsTable, ofServers(instanceUuids), limits);
    return new Map(
      found.flatMap((row) => {
        const spec = row.json('spec', readRequestSpec);
        return spec === null ? [] : [[row.text('instance_uuid'), spec]];
      }),
    );
  }

  async systemMetadataOf(
    instanceUuids: Iterable<string>,
    limits?: Limits,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>> {
    const where = ofServers(instanceUuids);
    const read = (row: TableRow): [string, string, string | null] => [
      row.text('instance_uuid'),
      row.text('key'),
      row.textOrNull('value'),
    ];
    const all = new Map<string, Map<string, string | null>>();
    for (const [uuid, key, value] of await this.#everywhere(systemMetadataTable, where, read, limits)) {
      const of = all.get(uuid) ?? new Map<string, string | null>();
      all.set(uuid, of.set(key, value));
    }
    return all;
  }

  blockDevicesOf(instanceUuids: Iterable<string>, limits?: Limits): Promise<readonly BlockDeviceRow[]> {
    return this.#everywhere(blockDevicesTable, ofServers(instanceUuids), readBlockDevice, limits);
  }

  async cellsOf(instanceUuids: Iterable<string>, limits?: Limits): Promise<ReadonlyMap<string, Cell>> {
    return this.#cells.cellsOf(instanceUuids, limits);
  }

  computeNodes(filter: ComputeNodeFilter = {}, limits?: Limits): Promise<readonly ComputeNodeRow[]> {
    const where = [
      ...when(filter.host, (host) => sql`host = ${host}`),
      ...when(filter.node, (node) => sql`hypervisor_hostname = ${node}`),
    ];
    return this.#everywhere(computeNodesTable, where, readComputeNode, limits);
  }

  pciDevices(filter: PciDeviceFilter = {}, limits?: Limits): Promise<readonly PciDeviceRow[]> {
    const where = [
      ...when(filter.instanceUuid, (uuid) => sql`instance_uuid = ${uuid}`),
      ...when(
        filter.host,
        (host) => sql`compute_node_id IN (SELECT id FROM compute_nodes WHERE deleted = 0 AND host = ${host})`,
      ),
    ];
    return this.#everywhere(pciDevicesTable, where, readPciDevice, limits);
  }

  migrations(filter: MigrationFilter = {}, limits?: Limits): Promise<readonly MigrationRow[]> {
    const endings = list(migrationEndings);
    const where = [
      ...when(filter.instanceUuid, (uuid) => sql`instance_uuid = ${uuid}`),
      ...when(filter.instanceUuids, (uuids) => sql`instance_uuid IN (${list(uuids)})`),
      ...when(filter.host, (host) => sql`source_compute = ${host} OR dest_compute = ${host}`),
      ...when(filter.type, (type) => sql`migration_type = ${type}`),
      ...when(filter.afterId, (id) => sql`id > ${id}`),
      ...when(filter.inProgress, (inProgress) =>
        inProgress ? sql`status NOT IN (${endings})` : sql`status IS NULL OR status IN (${endings})`,
      ),
    ];
    return this.#everywhere(migrationsTable, where, readMigration, limits);
  }

  services(filter: ServiceFilter = {}, limits?: Limits): Promise<readonly ServiceRow[]> {
    const where = [
      ...when(filter.host, (host) => sql`host = ${host}`),
      ...when(filter.binary, (binary) => sql`\`binary\` = ${binary}`),
    ];
    return this.#everywhere(servicesTable, where, readService, limits);
  }

  async hostMappings(filter: HostMappingFilter = {}, limits?: Limits): Promise<ReadonlyMap<string, Cell>> {
    const mappings = await this.#cells.mappings(limits);
    const where = when(filter.host, (host) => sql`host = ${host}`);
    const found = await this.#apiTables.select(hostMappingsTable, where, limits);
    return new Map(found.map((row) => [row.text('host'), cellWithId(mappings, row.integer('cell_id')).cell]));
  }

  async close(): Promise<void> {
    await Promise.all([this.api.close(), this.#cells.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #cellFor(instanceUuid: string, limits?: Limits): Promise<OpenCell & { readonly cell: Cell }> {
    const mapping = await this.#cells.mappingOf(instanceUuid, limits);
    return { ...(await this.#cells.open(mapping)), cell: mapping.cell };
  }

  async #one(
    table: Table,
    where: Sql,
    instanceUuid: string,
    limits?: Limits,
  ): Promise<{ readonly row: TableRow; readonly cell: Cell }> {
    const { database, tables, cell } = await this.#cellFor(instanceUuid, limits);
    const [row] = await tables.select(table, [where], limits);
    if (row === undefined) throw noInstance(instanceUuid, database, `${table.name} has no live row for it`);
    return { row, cell };
  }

  async #extraRow(table: Table, instanceUuid: string, limits?: Limits): Promise<TableRow> {
    return (await this.#one(table, sql`instance_uuid = ${instanceUuid}`, instanceUuid, limits)).row;
  }

  async #everywhere<T>(
    table: Table,
    where: readonly Sql[],
    read: (row: TableRow, cell: Cell) => T,
    limits?: Limits,
  ): Promise<readonly T[]> {
    const mappings = await this.#cells.mappings(limits);
    const perCell = await Promise.all(
      mappings.map(async (mapping) => {
        const { tables } = await this.#cells.open(mapping);
        const found = await tables.select(table, where, limits);
        return found.map((row) => read(row, mapping.cell));
      }),
    );
    return perCell.flat();
  }
}

function ofServers(instanceUuids: Iterable<string>): readonly Sql[] {
  return [sql`instance_uuid IN (${list(instanceUuids)})`];
}
