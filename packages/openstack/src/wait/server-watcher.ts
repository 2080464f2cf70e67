import { errorCode, sleep, type Limits, type Look } from '@whitebox/core';
import type { Compute } from '../compute/compute.js';
import type { InstanceActionDetail } from '../compute/instance-actions.js';
import type { Server } from '../compute/server.js';
import type { Receipt } from '../compute/servers.js';
import { actionRecord, describeFailures, hasEnded, isRunning, settledActionRecord } from './action-record.js';
import { adviceFor, describe, faultDetails, joined } from './describe-server.js';
import { ServerStateError } from './state-error.js';

/** While the action's record, which is four times cheaper to ask for, does not change, the server is looked at this rarely. */
const LOOK_AT_SERVER_MS = 1000;

/** How often, and after how many milliseconds each, a server in ERROR is asked again for its fault. */
const FAULT_LOOKS = 10;
const FAULT_PAUSE_MS = 300;

export interface ServerWait extends Limits {
  /** Milliseconds; default 300 000. */
  readonly timeoutMs?: number | undefined;
  /**
   * What was asked of the server before. With it the wait also fails as soon as that work has ended and left the server
   * elsewhere, and says what failed.
   */
  readonly after?: Receipt | undefined;
}

export interface ServerCondition {
  /** As in "server 7a3f to become ACTIVE". */
  readonly what: string;
  readonly reached: (server: Server) => boolean;
  readonly toleratesError?: boolean | undefined;
}

/** Looks at a server again and again, and knows when what is waited for can no longer come. */
export class ServerWatcher {
  readonly goal: ServerCondition;
  readonly #compute: Compute;
  readonly #id: string;
  readonly #requestId: string | undefined;
  #lookedAt = -Infinity;
  #lastRecord = '';
  #lastSeen = 'nothing yet';
  /** Whether it was in ERROR when the wait began, so that work on it may yet mend it. */
  #beganInError: boolean | undefined;
  #sawTask = false;

  constructor(compute: Compute, id: string, goal: ServerCondition, wait: ServerWait) {
    this.#compute = compute;
    this.#id = id;
    this.goal = goal;
    this.#requestId = wait.after?.requestId;
  }

  async look(signal: AbortSignal): Promise<Look<Server>> {
    // First the record, then the server: work that had ended before the server was looked at cannot change it any more.
    const record = await actionRecord(this.#compute, this.#id, this.#requestId, { signal });
    if (this.#mayRest(record)) return { done: false, seen: this.#lastSeen };
    const server = await this.#show(signal);
    if (server === undefined) throw await this.#gone(signal);
    if (this.goal.reached(server)) return { done: true, value: server };
    await this.#checkPossible(server, record, signal);
    this.#lastSeen = describe(server);
    return { done: false, seen: this.#lastSeen };
  }

  async lookForEnd(signal: AbortSignal): Promise<Look<undefined>> {
    const server = await this.#show(signal);
    if (server === undefined) return { done: true, value: undefined };
    // Shown for a moment before the allocations and then the record go (nova/compute/manager.py _delete_instance).
    if (server.status === 'DELETED') return { done: false, seen: describe(server) };
    if (server.status === 'SOFT_DELETED' && server.taskState === null) {
      throw this.#settled(
        server,
        await this.#record(signal),
        'Nova keeps it until [DEFAULT] reclaim_instance_interval has passed: delete it with forceDelete.',
      );
    }
    if (server.taskState !== null) this.#sawTask = true;
    else if (this.#workHasEnded(await actionRecord(this.#compute, this.#id, this.#requestId, { signal }))) {
      const again = await this.#show(signal);
      if (again === undefined) return { done: true, value: undefined };
      if (again.taskState === null && again.status !== 'DELETED') throw await this.#impossible(again, signal);
    }
    return { done: false, seen: describe(server) };
  }

  /** Whether the record says that nothing happened since the server was last looked at. */
  #mayRest(record: InstanceActionDetail | undefined): boolean {
    if (record === undefined) return false;
    const now = performance.now();
    const fingerprint = JSON.stringify(record.events.map(({ event, finishedAt }) => [event, finishedAt]));
    if (fingerprint === this.#lastRecord && now - this.#lookedAt < LOOK_AT_SERVER_MS) return true;
    this.#lastRecord = fingerprint;
    this.#lookedAt = now;
    return false;
  }

  async #checkPossible(
    server: Server,
    record: InstanceActionDetail | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const settled = server.taskState === null;
    this.#beganInError ??= server.status === 'ERROR';
    if (!settled) this.#sawTask = true;
    if (server.status === 'DELETED') throw await this.#gone(signal);
    if (server.status === 'ERROR' && this.goal.toleratesError !== true) {
      const mending =
        this.#beganInError && this.#requestId !== undefined && (!settled || !this.#workHasEnded(record));
      if (!mending) throw await this.#impossible(server, signal);
      return;
    }
    // Without a request nobody knows what may come: another one may move the server on.
    if (this.#requestId === undefined || !settled || server.status === 'BUILD') return;
    if (this.#workHasEnded(record)) throw await this.#impossible(server, signal);
  }

  #workHasEnded(record: InstanceActionDetail | undefined): boolean {
    if (record === undefined) return this.#sawTask;
    // Some work leaves no event behind (unshelve without a valid host); its end shows in the task state alone.
    return hasEnded(record) || (this.#sawTask && !isRunning(record));
  }

  async #show(signal: AbortSignal): Promise<Server | undefined> {
    try {
      return await this.#compute.servers.show(this.#id, { signal });
    } catch (error) {
      if (errorCode(error) === 'WB_OPENSTACK_NOT_FOUND') return undefined;
      throw error;
    }
  }

  #record(signal: AbortSignal): Promise<InstanceActionDetail | undefined> {
    return settledActionRecord(this.#compute, this.#id, this.#requestId, signal);
  }

  async #impossible(seen: Server, signal: AbortSignal): Promise<ServerStateError> {
    const server = await this.#withFault(seen, signal);
    const record = await this.#record(signal);
    if (server.status !== 'ERROR') return this.#settled(server, record);
    const { fault } = server;
    const reason =
      fault === null ? 'Nova reports no fault' : `${fault.message} (code ${fault.code ?? 'unknown'})`;
    return new ServerStateError({
      code: 'WB_OPENSTACK_SERVER_FAULT',
      action: `wait for ${this.goal.what}`,
      observed: joined(`it is in ERROR: ${reason}`, describeFailures(record), faultDetails(server)),
      advice: adviceFor(`${fault?.message ?? ''} ${fault?.details ?? ''}`, server),
      serverId: this.#id,
      server,
      instanceAction: record,
    });
  }

  /** Nova puts a server into ERROR first and writes down why a moment later (nova/compute/manager.py, scheduler utils). */
  async #withFault(seen: Server, signal: AbortSignal): Promise<Server> {
    let server = seen;
    for (let look = 0; look < FAULT_LOOKS && server.status === 'ERROR' && server.fault === null; look += 1) {
      await sleep(FAULT_PAUSE_MS, signal);
      server = (await this.#show(signal)) ?? server;
    }
    return server;
  }

  #settled(server: Server, record: InstanceActionDetail | undefined, advice?: string): ServerStateError {
    const failures = describeFailures(record);
    return new ServerStateError({
      code: 'WB_OPENSTACK_SERVER_SETTLED',
      action: `wait for ${this.goal.what}`,
      observed: joined(`the work on it has ended and left it ${describe(server)}`, failures),
      advice: advice ?? adviceFor(failures, server),
      serverId: this.#id,
      server,
      instanceAction: record,
    });
  }

  async #gone(signal: AbortSignal): Promise<ServerStateError> {
    const record = await this.#record(signal);
    return new ServerStateError({
      code: 'WB_OPENSTACK_SERVER_GONE',
      action: `wait for ${this.goal.what}`,
      observed: joined(`it no longer exists; before that it was ${this.#lastSeen}`, describeFailures(record)),
      advice: 'Somebody deleted it meanwhile: look at the instance actions of the server, which outlive it.',
      serverId: this.#id,
      instanceAction: record,
    });
  }
}
