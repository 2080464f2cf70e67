import type { Limits } from '@whitebox/core';
import { ServerActions } from './actions/server-actions.js';
import type { Credentials } from './auth/credentials.js';
import type { ServiceType } from './catalog.js';
import { Compute } from './compute/compute.js';
import type { Migration } from './compute/migrations.js';
import type { Server } from './compute/server.js';
import { Images, type Image } from './image/images.js';
import { Keys } from './key-manager/keys.js';
import { Network, type Port } from './network/network.js';
import { Placement } from './placement/placement.js';
import { Session, type SessionOptions } from './session.js';
import { Volumes } from './volume/volumes.js';
import { waitForImage } from './wait/wait-for-image.js';
import { migrationIds, waitForMigration, type MigrationWait } from './wait/wait-for-migration.js';
import { waitForPort, type PortWait } from './wait/wait-for-port.js';
import type { ServerWait } from './wait/server-watcher.js';
import { waitForServer, waitForServerGone, type ServerGoal } from './wait/wait-for-server.js';

/** A cloud, as one user of it. */
export class OpenStack implements AsyncDisposable {
  readonly session: Session;
  readonly compute: Compute;
  readonly placement: Placement;
  readonly images: Images;
  readonly network: Network;
  readonly volumes: Volumes;
  readonly keys: Keys;
  /** What is done to servers, from the request to its end. */
  readonly actions: ServerActions;

  /** Logs in. @throws UnauthorizedError, ConnectionError, CredentialsError */
  static async connect(credentials: Credentials, options: SessionOptions & Limits = {}): Promise<OpenStack> {
    const session = await Session.open(credentials, options);
    try {
      await session.token({ signal: options.signal });
      return new OpenStack(session);
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(session: Session) {
    this.session = session;
    this.compute = new Compute(session);
    this.placement = new Placement(session);
    this.images = new Images(session);
    this.network = new Network(session);
    this.volumes = new Volumes(session);
    this.keys = new Keys(session);
    this.actions = new ServerActions(this.compute);
  }

  /** Whether the cloud has the service: `block-storage` is not everywhere. */
  async hasService(service: ServiceType, limits: Limits = {}): Promise<boolean> {
    return this.session.hasService(service, limits);
  }

  /** See {@link waitForServer}. */
  async waitForServer(id: string, goal: ServerGoal): Promise<Server> {
    return waitForServer(this.compute, id, goal);
  }

  async waitForServerGone(id: string, wait: ServerWait = {}): Promise<void> {
    return waitForServerGone(this.compute, id, wait);
  }

  /** The migrations that a server has had so far; ask before requesting a new one. */
  async migrationIds(serverId: string, limits: Limits = {}): Promise<ReadonlySet<number>> {
    return migrationIds(this.compute, serverId, limits);
  }

  /** See {@link waitForMigration}. */
  async waitForMigration(serverId: string, wait: MigrationWait): Promise<Migration> {
    return waitForMigration(this.compute, serverId, wait);
  }

  async waitForImage(id: string, limits: Limits = {}): Promise<Image> {
    return waitForImage(this.images, id, limits);
  }

  async waitForPort(id: string, wait: PortWait = {}): Promise<Port> {
    return waitForPort(this.network, id, wait);
  }

  /** Waits for running requests and closes all connections. */
  async close(): Promise<void> {
    await this.session[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
