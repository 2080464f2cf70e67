export { invariants } from './catalogue.js';
export {
  type Invariant,
  type InvariantId,
  type KnownBug,
  type Layer,
  type LayerSays,
  type Subject,
  type Unchecked,
  type Violation,
} from './invariant.js';
export { identityOf, judge, type Judgement } from './judge.js';
export {
  type ConfigFile,
  type GuestSnapshot,
  type HostConfig,
  type HostDomain,
  type HostSnapshot,
  type PortSnapshot,
  type Provider,
  type ProviderAllocation,
  type ProviderInventory,
  type Snapshot,
} from './snapshot.js';
