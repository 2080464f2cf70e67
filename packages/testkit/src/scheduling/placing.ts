import { hostsOf, quotaShareOf, shareOf, type Claim, type Share } from './claim.js';
import { fit, fitQuota, type HostRoom, type Room } from './room.js';

/** The hosts of a case that runs. */
export interface Placement {
  /** Names of those that it has to itself. */
  readonly own: readonly string[];
  /** Names of all where its guests may be, its own first. */
  readonly hosts: readonly string[];
}

/** A case that runs: its claim, and where. */
export interface Placed {
  readonly claim: Claim;
  readonly placement: Placement;
}

/** Hosts for a case beside those that run; undefined where it does not fit now. */
export function place(claim: Claim, running: readonly Placed[], room: Room): Placement | undefined {
  const { hosts } = room;
  const quotas = [claim, ...running.map((other) => other.claim)].map(quotaShareOf);
  // Alone it is no matter: who claims too much is told so by Nova.
  if (running.length > 0 && !fitQuota(quotas, room)) return undefined;
  const things = new Set(running.flatMap((other) => other.claim.exclusive ?? []));
  if (claim.exclusive?.some((thing) => things.has(thing)) === true) return undefined;
  const share = shareOf(claim);
  const { own: wanted, shared } = hostsOf(claim);
  const used = new Set(running.flatMap(({ placement }) => placement.hosts));
  const own = hosts.filter((host) => !used.has(host.name) && fits(share, host)).slice(0, wanted);
  if (own.length < wanted) return undefined;
  if (shared === 'none') return placed(own, []);

  const owned = new Set([...running.flatMap(({ placement }) => placement.own), ...own.map(nameOf)]);
  const others = hosts.filter(({ name }) => !owned.has(name));
  const fitting = others.filter((host) => fit([share, ...sharesOn(host, running)], host));
  const everywhere = others.length === hosts.length - own.length;
  if (everywhere) {
    // Where nobody could ever have dedicated CPUs, Nova sends no guest that wants some.
    const possible = others.filter((host) => fits(share, host));
    if (possible.length > 0 && possible.every((host) => fitting.includes(host))) return placed(own, others);
  }
  const [first] = everywhere || shared === 'all' ? [] : fitting;
  return first === undefined ? undefined : placed(own, [first]);
}

/** Whether the host had room for it if there was nobody else. */
function fits(share: Share, host: HostRoom): boolean {
  return fit([share], host);
}

function sharesOn({ name }: HostRoom, running: readonly Placed[]): Share[] {
  return running.filter(({ placement }) => placement.hosts.includes(name)).map(({ claim }) => shareOf(claim));
}

function placed(own: readonly HostRoom[], others: readonly HostRoom[]): Placement {
  return { own: own.map(nameOf), hosts: [...own, ...others].map(nameOf) };
}

function nameOf({ name }: HostRoom): string {
  return name;
}

/**
 * Hosts for a case beside which no other runs.
 *
 * @param directs whether servers can be sent to a host (compute API 2.74); where not, it has all hosts to itself
 */
export function placeAlone(claim: Claim | undefined, room: Room, directs: boolean): Placement {
  const all = room.hosts.map(nameOf);
  if (claim === undefined) return { own: all, hosts: all };
  const everywhere = { own: hostsOf(claim).own > 0 ? all : [], hosts: all };
  return directs ? (place(claim, [], room) ?? everywhere) : everywhere;
}

/** What a claim comes to where servers cannot be sent to a host: undefined is the whole cloud. */
export function undirected(claim: Claim | undefined): Claim | undefined {
  if (claim === undefined || hostsOf(claim).own > 0) return undefined;
  return { ...claim, sharedHosts: 'all' };
}
