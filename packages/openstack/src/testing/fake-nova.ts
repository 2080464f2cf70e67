import type { Answer, Received } from './fake-cloud.js';

/** A server of the fake: what Nova would show of it. Tests change it as time goes. */
export interface FakeServer {
  readonly id: string;
  status: string;
  task: string | null;
  host: string | null;
  fault?: { code: number; message: string; details?: string };
}

export interface FakeMigration {
  readonly id: number;
  readonly serverId: string;
  readonly type: string;
  status: string;
  source: string;
  destination: string | null;
}

export interface FakeEvent {
  readonly event: string;
  finished: boolean;
  result?: 'Success' | 'Error';
  traceback?: string;
  details?: string;
}

/** What a test lets happen once a server is made or something is asked of it; `events` is the record of that request. */
export type Script = (server: FakeServer, events: FakeEvent[], body: unknown) => void;

/** Nova's servers, migrations and instance actions, as far as waiters look at them. */
export class FakeNova {
  readonly servers = new Map<string, FakeServer>();
  readonly migrations: FakeMigration[] = [];
  readonly records = new Map<string, { action: string; events: FakeEvent[] }>();
  readonly #scripts = new Map<string, Script>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #servers = 0;

  /** @param action `create`, `delete` or the name of an action: `os-migrateLive` */
  on(action: string, script: Script): void {
    this.#scripts.set(action, script);
  }

  /** Lets something happen later, as a compute service would. */
  later(milliseconds: number, change: () => void): void {
    this.#timers.add(setTimeout(change, milliseconds));
  }

  /** Nothing scheduled happens any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  add(server: Partial<FakeServer> = {}): FakeServer {
    this.#servers += 1;
    const added = {
      id: `server-${this.#servers}`,
      status: 'ACTIVE',
      task: null,
      host: 'compute1',
      ...server,
    };
    this.servers.set(added.id, added);
    return added;
  }

  answer(request: Received, number: number): Answer | undefined {
    const path = request.path.replace('/compute/v2.1', '');
    const requestId = `req-fake-${number}`;
    if (request.method === 'POST' && path === '/servers') {
      const server = this.add({ status: 'BUILD', task: 'scheduling', host: null });
      this.#begin('create', requestId, server, request.json);
      return { status: 202, json: { server: { id: server.id } } };
    }
    if (path === '/os-migrations') return this.#migrations(request.query);
    const [, id, rest] = /^\/servers\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    const server = id === undefined ? undefined : this.servers.get(id);
    if (rest?.startsWith('os-instance-actions/') === true) return this.#record(rest.slice(20), id ?? '');
    if (server === undefined) return notFound(`Instance ${id ?? path} could not be found.`);
    if (rest === undefined && request.method === 'GET') return { json: { server: view(server) } };
    if (rest === undefined && request.method === 'DELETE') {
      server.task = 'deleting';
      this.#begin('delete', requestId, server, undefined);
      return { status: 204 };
    }
    if (rest === 'action') {
      const [[name, body]] = Object.entries(request.json as object) as [[string, unknown]];
      this.#begin(name, requestId, server, body);
      return { status: 202 };
    }
    return undefined;
  }

  #begin(action: string, requestId: string, server: FakeServer, body: unknown): void {
    const events: FakeEvent[] = [];
    this.records.set(requestId, { action, events });
    this.#scripts.get(action)?.(server, events, body);
  }

  #record(requestId: string, serverId: string): Answer {
    const record = this.records.get(requestId);
    if (record === undefined) return notFound(`Action for request_id ${requestId} could not be found.`);
    return {
      json: {
        instanceAction: {
          action: record.action,
          instance_uuid: serverId,
          request_id: requestId,
          start_time: now(),
          updated_at: now(),
          message: record.events.some(({ result }) => result === 'Error') ? 'Error' : null,
          events: record.events.toReversed().map(({ event, finished, result, traceback, details }) => ({
            event,
            start_time: now(),
            finish_time: finished ? now() : null,
            result: result ?? (finished ? 'Success' : null),
            traceback: traceback ?? null,
            details: details ?? null,
            host: 'compute1',
          })),
        },
      },
    };
  }

  #migrations(query: URLSearchParams): Answer {
    const type = query.get('migration_type');
    const found = this.migrations.filter(
      (migration) =>
        migration.serverId === query.get('instance_uuid') && (type === null || migration.type === type),
    );
    // Newest first, as since 2.59.
    const migrations = found.toReversed().map((migration) => ({
      id: migration.id,
      uuid: `uuid-${migration.id}`,
      instance_uuid: migration.serverId,
      migration_type: migration.type,
      status: migration.status,
      source_compute: migration.source,
      dest_compute: migration.destination,
      created_at: now(),
      updated_at: null,
    }));
    return { json: { migrations } };
  }
}

function view(server: FakeServer): unknown {
  return {
    id: server.id,
    name: server.id,
    status: server.status,
    tenant_id: 'project-id',
    user_id: 'user-id',
    created: '2026-01-01T00:00:00Z',
    updated: '2026-01-01T00:00:00Z',
    image: '',
    flavor: { vcpus: 1, ram: 64, disk: 1, original_name: 'fake', extra_specs: {} },
    addresses: {},
    metadata: {},
    'OS-EXT-STS:task_state': server.task,
    'OS-EXT-STS:vm_state': server.status.toLowerCase(),
    'OS-EXT-STS:power_state': 1,
    'OS-EXT-SRV-ATTR:host': server.host,
    ...(server.fault === undefined ? {} : { fault: { created: '2026-01-01T00:00:01Z', ...server.fault } }),
  };
}

function notFound(message: string): Answer {
  return { status: 404, json: { itemNotFound: { code: 404, message } } };
}

function now(): string {
  return new Date().toISOString().replace('Z', '');
}
