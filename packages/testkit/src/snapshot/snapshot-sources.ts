import type { NovaReader } from '@whitebox/db';
import type { Keys, Network, Placement, Volumes } from '@whitebox/openstack';
import type { ComputeHost } from '../compute-host.js';
import type { Release } from '../release.js';
import type { Reading } from './attempt.js';

/** Where a snapshot is read from. */
export interface SnapshotSources {
  readonly database: NovaReader;
  readonly openstack: {
    readonly placement: Pick<
      Placement,
      'providers' | 'inventories' | 'traits' | 'allocationsOf' | 'allocations'
    >;
    readonly network: Pick<Network, 'portsOf'>;
    readonly keys: Pick<Keys, 'exists'>;
    readonly volumes: Pick<Volumes, 'attachmentsOf'>;
  };
  readonly release: Pick<Release, 'majorVersions'>;
  /** undefined: one that cannot be reached now. */
  compute(name: string): ComputeHost | undefined;
}

/** A reading of these. */
export interface SourceReading extends Reading {
  readonly sources: SnapshotSources;
}
