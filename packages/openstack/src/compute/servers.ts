import { Fields, type JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { defined, neededMicroversion, newServerBody, type NewServer } from './new-server.js';
import { decodeServer, type Server } from './server.js';

/** What Nova gives when it takes on a piece of work. */
export interface Receipt {
  /** Id of the request, and so of the server's instance action. */
  readonly requestId: string | undefined;
}

export interface ServerFilter {
  /** Of all projects, for administrators. */
  readonly allProjects?: boolean | undefined;
  readonly host?: string | undefined;
  /** A regular expression. */
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  /** Items per request; pages are followed whatever the value. */
  readonly pageSize?: number | undefined;
}

export interface LiveMigration {
  /** The compute service to go to; the scheduler chooses where it is left out. */
  readonly host?: string | undefined;
  /** Whether disks are copied; default `auto`. */
  readonly blockMigration?: boolean | 'auto' | undefined;
}

/** Nova's servers: one method per request, none of them waits for the work to be done. */
export class Servers {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  /** @returns its id; it is still being built */
  async create(server: NewServer, options?: CallOptions): Promise<Receipt & { readonly id: string }> {
    const answer = await this.#client.call(
      {
        action: `create server ${server.name}`,
        method: 'POST',
        path: '/servers',
        json: newServerBody(server),
        needs: neededMicroversion(server),
      },
      options,
    );
    const id = new Fields(answer.body, 'answer').object('server').string('id');
    return { id, requestId: answer.requestId };
  }

  async show(id: string, options?: CallOptions): Promise<Server> {
    const call = { action: `show server ${id}`, method: 'GET', path: serverPath(id) } as const;
    return decodeServer(await this.#client.fetch('server', call, options));
  }

  async list(filter: ServerFilter = {}, options?: CallOptions): Promise<readonly Server[]> {
    const { allProjects, host, name, status, pageSize } = filter;
    const query = { all_tenants: allProjects, host, name, status, limit: pageSize };
    const call = { action: 'list servers', path: '/servers/detail', query };
    return (await this.#client.list('servers', call, options)).map(decodeServer);
  }

  /** @throws NotFoundError when it is gone already */
  async delete(id: string, options?: CallOptions): Promise<Receipt> {
    return this.#client.call(
      { action: `delete server ${id}`, method: 'DELETE', path: serverPath(id) },
      options,
    );
  }

  async reboot(id: string, type: 'SOFT' | 'HARD', options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'reboot', { type }, options);
  }

  async resize(id: string, flavorId: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'resize', { flavorRef: flavorId }, options);
  }

  async confirmResize(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'confirmResize', null, options);
  }

  async revertResize(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'revertResize', null, options);
  }

  /** Needs 2.34, from which on the checks run after the answer. The scheduler checks the host as well (no `force`, gone since 2.68). */
  async liveMigrate(id: string, migration: LiveMigration = {}, options?: CallOptions): Promise<Receipt> {
    const { host = null, blockMigration = 'auto' } = migration;
    return this.act(id, 'os-migrateLive', { host, block_migration: blockMigration }, options, '2.34');
  }

  /** Cold migration; `host` needs 2.56. */
  async migrate(id: string, host?: string, options?: CallOptions): Promise<Receipt> {
    return this.act(
      id,
      'migrate',
      host === undefined ? null : { host },
      options,
      host === undefined ? undefined : '2.56',
    );
  }

  /** @param extra further fields of the request as Nova spells them: `metadata`, `user_data`, ... */
  async rebuild(
    id: string,
    imageId: string,
    extra: JsonObject = {},
    options?: CallOptions,
  ): Promise<Receipt> {
    return this.act(id, 'rebuild', { imageRef: imageId, ...extra }, options);
  }

  async stop(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'os-stop', null, options);
  }

  async start(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'os-start', null, options);
  }

  async suspend(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'suspend', null, options);
  }

  async resume(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'resume', null, options);
  }

  async pause(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'pause', null, options);
  }

  async unpause(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'unpause', null, options);
  }

  async shelve(id: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'shelve', null, options);
  }

  /** `host` needs 2.91. */
  async unshelve(id: string, host?: string, options?: CallOptions): Promise<Receipt> {
    return this.act(
      id,
      'unshelve',
      host === undefined ? null : { host },
      options,
      host === undefined ? undefined : '2.91',
    );
  }

  /** Since 2.95 the server stays stopped on its new host: give `microversion: '2.94'` to have it started. */
  async evacuate(id: string, host?: string, options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'evacuate', defined({ host }), options, '2.14');
  }

  async resetState(id: string, state: 'active' | 'error', options?: CallOptions): Promise<Receipt> {
    return this.act(id, 'os-resetState', { state }, options);
  }

  /** The end of the console log. @param lines how many lines; all where left out */
  async consoleLog(id: string, lines?: number, options?: CallOptions): Promise<string> {
    const answer = await this.#action(id, 'os-getConsoleOutput', defined({ length: lines }), options);
    return new Fields(answer.body, 'answer').string('output');
  }

  /** What the hypervisor says of the running guest, needs 2.48: `driver`, `hypervisor_os`, `cpu_details`, ... */
  async diagnostics(id: string, options?: CallOptions): Promise<JsonObject> {
    const call = {
      action: `show diagnostics of server ${id}`,
      method: 'GET',
      path: `${serverPath(id)}/diagnostics`,
      needs: '2.48',
    } as const;
    return new Fields((await this.#client.call(call, options)).body, 'diagnostics').raw;
  }

  /** Attaches a volume; asynchronous like all the others. */
  async attachVolume(id: string, volumeId: string, options?: CallOptions): Promise<Receipt> {
    return this.#client.call(
      {
        action: `attach volume ${volumeId} to server ${id}`,
        method: 'POST',
        path: `${serverPath(id)}/os-volume_attachments`,
        json: { volumeAttachment: { volumeId } },
      },
      options,
    );
  }

  async detachVolume(id: string, volumeId: string, options?: CallOptions): Promise<Receipt> {
    return this.#client.call(
      {
        action: `detach volume ${volumeId} from server ${id}`,
        method: 'DELETE',
        path: `${serverPath(id)}/os-volume_attachments/${encodeURIComponent(volumeId)}`,
      },
      options,
    );
  }

  /** Plugs a port that exists into a server; answered when the server has it. */
  async attachPort(id: string, portId: string, options?: CallOptions): Promise<Receipt> {
    return this.#client.call(
      {
        action: `attach port ${portId} to server ${id}`,
        method: 'POST',
        path: `${serverPath(id)}/os-interface`,
        json: { interfaceAttachment: { port_id: portId } },
      },
      options,
    );
  }

  /** Asynchronous, unlike {@link attachPort}. */
  async detachPort(id: string, portId: string, options?: CallOptions): Promise<Receipt> {
    return this.#client.call(
      {
        action: `detach port ${portId} from server ${id}`,
        method: 'DELETE',
        path: `${serverPath(id)}/os-interface/${encodeURIComponent(portId)}`,
      },
      options,
    );
  }

  /** Any action by the name that Nova gives it, for those that have no method here. */
  async act(
    id: string,
    name: string,
    body: unknown,
    options?: CallOptions,
    needs?: string,
  ): Promise<Receipt> {
    const { requestId } = await this.#action(id, name, body, options, needs);
    return { requestId };
  }

  async #action(id: string, name: string, body: unknown, options?: CallOptions, needs?: string) {
    return this.#client.call(
      {
        action: `${name} server ${id}`,
        method: 'POST',
        path: `${serverPath(id)}/action`,
        json: { [name]: body },
        needs,
      },
      options,
    );
  }
}

function serverPath(id: string): string {
  return `/servers/${encodeURIComponent(id)}`;
}
