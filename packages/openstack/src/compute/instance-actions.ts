import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { novaTime, novaTimeOrNull } from './server.js';

/** What was once asked of a server. */
export interface InstanceAction {
  readonly action: string;
  readonly requestId: string;
  readonly startedAt: Date;
  readonly updatedAt: Date | null;
  /** "Error" when an event of it failed. */
  readonly message: string | null;
  readonly raw: JsonObject;
}

/** What a service did for an action. */
export interface InstanceActionEvent {
  readonly event: string;
  readonly startedAt: Date;
  /** null: not finished. */
  readonly finishedAt: Date | null;
  readonly result: string | null;
  /** For administrators. */
  readonly traceback: string | null;
  /** Why it failed, since 2.84. */
  readonly details: string | null;
  readonly host: string | null;
}

export interface InstanceActionDetail extends InstanceAction {
  /** As they began. */
  readonly events: readonly InstanceActionEvent[];
}

/** The log of what was asked of each server and how it went. */
export class InstanceActions {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  /** Newest first. Works for deleted servers too. */
  async list(serverId: string, options?: CallOptions): Promise<readonly InstanceAction[]> {
    const path = `/servers/${encodeURIComponent(serverId)}/os-instance-actions`;
    const call = { action: `list the actions of server ${serverId}`, path };
    return (await this.#client.list('instanceActions', call, options)).map(decodeAction);
  }

  /** @throws NotFoundError when the server has no action of that request */
  async show(serverId: string, requestId: string, options?: CallOptions): Promise<InstanceActionDetail> {
    const path = `/servers/${encodeURIComponent(serverId)}/os-instance-actions/${encodeURIComponent(requestId)}`;
    const call = { action: `show action ${requestId} of server ${serverId}`, method: 'GET', path } as const;
    const action = await this.#client.fetch('instanceAction', call, options);
    // Nova has them newest first (nova/db/main/api.py action_events_get), and its times have whole seconds.
    return { ...decodeAction(action), events: action.objectsOrNone('events').map(decodeEvent).toReversed() };
  }
}

function decodeAction(action: Fields): InstanceAction {
  return {
    action: action.string('action'),
    requestId: action.string('request_id'),
    startedAt: novaTime(action.string('start_time')),
    updatedAt: novaTimeOrNull(action.stringOrNull('updated_at')),
    message: action.stringOrNull('message'),
    raw: action.raw,
  };
}

function decodeEvent(event: Fields): InstanceActionEvent {
  return {
    event: event.string('event'),
    startedAt: novaTime(event.string('start_time')),
    finishedAt: novaTimeOrNull(event.stringOrNull('finish_time')),
    result: event.stringOrNull('result'),
    traceback: event.stringOrNull('traceback'),
    details: event.stringOrNull('details'),
    host: event.stringOrNull('host'),
  };
}
