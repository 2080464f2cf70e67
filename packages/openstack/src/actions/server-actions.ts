import { errorCode, type Limits } from '@whitebox/core';
import type { Compute } from '../compute/compute.js';
import type { Migration } from '../compute/migrations.js';
import type { NewServer } from '../compute/new-server.js';
import type { Server, ServerStatus } from '../compute/server.js';
import type { LiveMigration, Receipt } from '../compute/servers.js';
import type { JsonObject } from '../json.js';
import { migrationIds, waitForMigration } from '../wait/wait-for-migration.js';
import { waitForServer, waitForServerGone, waitForServerState } from '../wait/wait-for-server.js';

/** A server that has moved. */
export interface Moved {
  readonly server: Server;
  readonly migration: Migration;
  readonly from: string;
  readonly to: string;
}

/**
 * What is done to servers, from the request to its end: each method returns the server when the work is done and throws
 * as soon as it cannot be done any more. Nothing is cleaned up here.
 */
export class ServerActions {
  readonly #compute: Compute;

  constructor(compute: Compute) {
    this.#compute = compute;
  }

  /** A new server that is ACTIVE. One that fails to boot is left behind: its id is in the error's `serverId`. */
  async boot(server: NewServer, limits: Limits = {}): Promise<Server> {
    const created = await this.#compute.servers.create(server, { signal: limits.signal });
    return waitForServer(this.#compute, created.id, { ...limits, status: 'ACTIVE', after: created });
  }

  /** Deletes it and waits until it is gone; gone already is well too. */
  async delete(id: string, limits: Limits = {}): Promise<void> {
    try {
      const receipt = await this.#compute.servers.delete(id, { signal: limits.signal });
      await waitForServerGone(this.#compute, id, { ...limits, after: receipt });
    } catch (error) {
      if (errorCode(error) !== 'WB_OPENSTACK_NOT_FOUND') throw error;
    }
  }

  /**
   * Nova falls back to a hard reboot when the guest does not shut down within `[libvirt] wait_soft_reboot_seconds`, and
   * no API tells: whether the guest was really rebooted softly shows in its domain id and QEMU process.
   */
  async softReboot(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.reboot(id, 'SOFT', options));
  }

  async hardReboot(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.reboot(id, 'HARD', options));
  }

  async stop(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'SHUTOFF', limits, (options) => this.#compute.servers.stop(id, options));
  }

  async start(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.start(id, options));
  }

  async pause(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'PAUSED', limits, (options) => this.#compute.servers.pause(id, options));
  }

  async unpause(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.unpause(id, options));
  }

  async suspend(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'SUSPENDED', limits, (options) => this.#compute.servers.suspend(id, options));
  }

  async resume(id: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.resume(id, options));
  }

  /** Until it is off its host, or shelved only where `[DEFAULT] shelved_offload_time` delays that. */
  async shelve(id: string, limits: Limits = {}): Promise<Server> {
    return this.#offload(id, ['SHELVED_OFFLOADED', 'SHELVED'], limits, (options) =>
      this.#compute.servers.shelve(id, options),
    );
  }

  /** Of a shelved server: until it is off its host. */
  async shelveOffload(id: string, limits: Limits = {}): Promise<Server> {
    return this.#offload(id, ['SHELVED_OFFLOADED'], limits, (options) =>
      this.#compute.servers.act(id, 'shelveOffload', null, options),
    );
  }

  async unshelve(id: string, host?: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'ACTIVE', limits, (options) => this.#compute.servers.unshelve(id, host, options));
  }

  /** In place, with the same or another image. A stopped server stays stopped. */
  async rebuild(id: string, imageId: string, extra: JsonObject = {}, limits: Limits = {}): Promise<Server> {
    const goal = ['ACTIVE', 'SHUTOFF'] as const;
    return this.#settle(id, goal, limits, (options) =>
      this.#compute.servers.rebuild(id, imageId, extra, options),
    );
  }

  /** Until VERIFY_RESIZE: then {@link confirmResize} or {@link revertResize}. */
  async resize(id: string, flavorId: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'VERIFY_RESIZE', limits, (options) =>
      this.#compute.servers.resize(id, flavorId, options),
    );
  }

  /** Until VERIFY_RESIZE on another host: then {@link confirmResize} or {@link revertResize}. */
  async coldMigrate(id: string, host?: string, limits: Limits = {}): Promise<Server> {
    return this.#settle(id, 'VERIFY_RESIZE', limits, (options) =>
      this.#compute.servers.migrate(id, host, options),
    );
  }

  async confirmResize(id: string, limits: Limits = {}): Promise<Server> {
    const goal = ['ACTIVE', 'SHUTOFF'] as const;
    return this.#settle(id, goal, limits, (options) => this.#compute.servers.confirmResize(id, options));
  }

  async revertResize(id: string, limits: Limits = {}): Promise<Server> {
    const goal = ['ACTIVE', 'SHUTOFF'] as const;
    return this.#settle(id, goal, limits, (options) => this.#compute.servers.revertResize(id, options));
  }

  /** Until the migration is completed, the server is on another host and nothing is being done to it. */
  async liveMigrate(id: string, request: LiveMigration = {}, limits: Limits = {}): Promise<Moved> {
    return this.#move(id, 'live-migration', limits, (options) =>
      this.#compute.servers.liveMigrate(id, request, options),
    );
  }

  /** Its compute service must be down. Until it is on another host, running or (since 2.95) stopped. */
  async evacuate(
    id: string,
    host?: string,
    limits: Limits & { readonly microversion?: string } = {},
  ): Promise<Moved> {
    return this.#move(id, 'evacuation', limits, (options) =>
      this.#compute.servers.evacuate(id, host, { ...options, microversion: limits.microversion }),
    );
  }

  async #move(
    id: string,
    type: 'live-migration' | 'evacuation',
    limits: Limits,
    request: (options: Limits) => Promise<Receipt>,
  ): Promise<Moved> {
    const deadline = remaining(limits);
    const before = await this.#compute.servers.show(id, { signal: limits.signal });
    const seen = await migrationIds(this.#compute, id, { signal: limits.signal });
    const receipt = await request({ signal: limits.signal });
    const migration = await waitForMigration(this.#compute, id, {
      ...deadline(),
      type,
      seen,
      after: receipt,
    });
    const server = await waitForServerState(
      this.#compute,
      id,
      {
        what: `server ${id} to be settled on another host than ${before.host ?? 'unknown'}`,
        reached: ({ taskState, status, host }) =>
          taskState === null && status !== 'ERROR' && (host === null ? true : host !== before.host),
      },
      { ...deadline(), after: receipt },
    );
    return {
      server,
      migration,
      from: migration.sourceCompute ?? before.host ?? '',
      to: server.host ?? migration.destinationCompute ?? '',
    };
  }

  /** Nova calls it offloaded before it takes it off its host (_shelve_offload_instance, nova/compute/manager.py). */
  async #offload(
    id: string,
    goal: readonly ServerStatus[],
    limits: Limits,
    request: (options: Limits) => Promise<Receipt>,
  ): Promise<Server> {
    const receipt = await request({ signal: limits.signal });
    const reached = ({ taskState, status, host }: Server): boolean =>
      taskState === null && goal.includes(status) && (status === 'SHELVED' || host === null);
    const what = `server ${id} to be ${goal.join(' or ')} and off its host`;
    return waitForServerState(this.#compute, id, { what, reached }, { ...limits, after: receipt });
  }

  async #settle(
    id: string,
    status: ServerStatus | readonly ServerStatus[],
    limits: Limits,
    request: (options: Limits) => Promise<Receipt>,
  ): Promise<Server> {
    const receipt = await request({ signal: limits.signal });
    return waitForServer(this.#compute, id, { ...limits, status, after: receipt });
  }
}

/** What is left of a deadline that several waits share. */
function remaining(limits: Limits): () => Limits {
  const started = performance.now();
  const { timeoutMs, signal } = limits;
  return () => ({
    signal,
    timeoutMs:
      timeoutMs === undefined ? undefined : Math.max(1, Math.ceil(timeoutMs - (performance.now() - started))),
  });
}
