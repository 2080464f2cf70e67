import type { ErrorFacts } from '@whitebox/core';
import type { InstanceActionDetail } from '../compute/instance-actions.js';
import type { Migration } from '../compute/migrations.js';
import type { Server, ServerFault } from '../compute/server.js';
import { OpenStackError } from '../errors.js';

/**
 * A server that cannot get where it should any more: `WB_OPENSTACK_SERVER_FAULT` (it is in ERROR),
 * `WB_OPENSTACK_SERVER_GONE` (it was deleted), `WB_OPENSTACK_SERVER_SETTLED` (the work on it has ended and it is in
 * another state), `WB_OPENSTACK_MIGRATION_FAILED`.
 */
export class ServerStateError extends OpenStackError {
  readonly serverId: string;
  /** The server as it was last seen; undefined when it is gone. */
  readonly server: Server | undefined;
  /** What Nova reports of a server in ERROR. */
  readonly fault: ServerFault | undefined;
  /** What was asked of it and how far that got. */
  readonly instanceAction: InstanceActionDetail | undefined;
  readonly migration: Migration | undefined;

  constructor(
    facts: ErrorFacts & {
      readonly serverId: string;
      readonly server?: Server | undefined;
      readonly instanceAction?: InstanceActionDetail | undefined;
      readonly migration?: Migration | undefined;
    },
  ) {
    super(facts);
    this.serverId = facts.serverId;
    this.server = facts.server;
    this.fault = facts.server?.fault ?? undefined;
    this.instanceAction = facts.instanceAction;
    this.migration = facts.migration;
  }
}

/** An image or a port that cannot get where it should any more (`WB_OPENSTACK_STATE_IMPOSSIBLE`). */
export class ResourceStateError extends OpenStackError {}
