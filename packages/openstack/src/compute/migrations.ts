import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { novaTime, novaTimeOrNull } from './server.js';

/** nova/objects/fields.py `MigrationType`. */
export type MigrationType = 'live-migration' | 'migration' | 'resize' | 'evacuation';

export interface Migration {
  readonly id: number;
  readonly uuid: string | null;
  readonly serverId: string;
  readonly type: MigrationType;
  /** nova/compute/manager.py: queued, preparing, accepted, pre-migrating, running, post-migrating, migrating, finished, completed, done, confirmed, reverted, error, failed, cancelled, ... */
  readonly status: string;
  readonly sourceCompute: string | null;
  readonly sourceNode: string | null;
  readonly destinationCompute: string | null;
  readonly destinationNode: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly raw: JsonObject;
}

export interface MigrationFilter {
  readonly serverId?: string | undefined;
  readonly type?: MigrationType | undefined;
  readonly status?: string | undefined;
  /** Compute service that it comes from or goes to. */
  readonly host?: string | undefined;
}

/** Nova's records of servers that moved or are moving. */
export class Migrations {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  /** Sorted by id, oldest first, whatever order the server gives (it turned round with 2.59). */
  async list(filter: MigrationFilter = {}, options?: CallOptions): Promise<readonly Migration[]> {
    const query = {
      instance_uuid: filter.serverId,
      migration_type: filter.type,
      status: filter.status,
      host: filter.host,
    };
    const call = { action: 'list migrations', path: '/os-migrations', query, needs: '2.23' };
    const migrations = (await this.#client.list('migrations', call, options)).map(decodeMigration);
    return migrations.toSorted((a, b) => a.id - b.id);
  }

  /** Progress of a live migration that is running. @throws NotFoundError when it is not running */
  async progress(serverId: string, migrationId: number, options?: CallOptions): Promise<JsonObject> {
    const path = `/servers/${encodeURIComponent(serverId)}/migrations/${migrationId}`;
    const action = `show migration ${migrationId} of server ${serverId}`;
    return (await this.#client.fetch('migration', { action, method: 'GET', path, needs: '2.23' }, options))
      .raw;
  }

  /** Gives up a live migration that is queued (2.65) or running (2.24). */
  async abort(serverId: string, migrationId: number, options?: CallOptions): Promise<void> {
    const path = `/servers/${encodeURIComponent(serverId)}/migrations/${migrationId}`;
    const action = `abort migration ${migrationId} of server ${serverId}`;
    await this.#client.call({ action, method: 'DELETE', path, needs: '2.24' }, options);
  }
}

function decodeMigration(migration: Fields): Migration {
  return {
    id: migration.number('id'),
    uuid: migration.stringOrNull('uuid'),
    serverId: migration.string('instance_uuid'),
    type: migration.string('migration_type') as MigrationType,
    status: migration.string('status'),
    sourceCompute: migration.stringOrNull('source_compute'),
    sourceNode: migration.stringOrNull('source_node'),
    destinationCompute: migration.stringOrNull('dest_compute'),
    destinationNode: migration.stringOrNull('dest_node'),
    createdAt: novaTime(migration.string('created_at')),
    updatedAt: novaTimeOrNull(migration.stringOrNull('updated_at')),
    raw: migration.raw,
  };
}
