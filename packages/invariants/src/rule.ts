import { compute, server, type Found, type Invariant, type KnownBug, type Report } from './invariant.js';
import { linksOf } from './links.js';
import { isInFlight, isSettled } from './instances.js';
import type { GuestSnapshot, HostSnapshot, Snapshot } from './snapshot.js';

type Read<T, K extends keyof T> = T & { readonly [P in K]-?: Exclude<T[P], undefined> };

/** What the checks of guests and hosts get beside their subject. */
interface Around {
  readonly snapshot: Snapshot;
  /** Says what is wrong. */
  readonly violated: (found: Found) => void;
  /** Says that something turned out not to be known. */
  readonly unread: (missing: string) => void;
}

type Facts = Pick<
  Invariant,
  'id' | 'statement' | 'source' | 'transience' | 'confidence' | 'remedy' | 'reads'
> & {
  readonly knownBugs?: readonly KnownBug[] | undefined;
};

const labels: Readonly<Record<string, string>> = {
  instance: 'its row of instances',
  extra: 'its instance_extra',
  requestSpec: 'its request spec',
  blockDevices: 'its block_device_mapping',
  systemMetadata: 'its system metadata',
  mappedCell: 'its cell mapping',
  allocations: 'its allocations',
  live: 'its domain XML',
  inactive: 'its inactive XML',
  threads: 'its threads',
  memory: 'where its memory lies',
  files: 'the files that QEMU has open',
  ports: 'its ports',
  computeNode: 'the row of compute_nodes',
  service: 'the row of services',
  instances: 'the servers of the host',
  extras: 'instance_extra of the servers of the host',
  pciDevices: 'pci_devices',
  config: 'the configuration of nova-compute',
  domains: 'the domains of the host',
  cpus: 'the CPUs of the host',
  numaCells: 'the NUMA cells of the host',
  providers: 'the resource providers of the host',
  secrets: 'the secrets of libvirt',
  pciFunctions: 'the PCI functions of the host',
  configFiles: 'the files that nova-compute has read',
  migrations: 'the migrations',
};

/** An invariant of single guests. It is about guests that are on a host and with which Nova is doing nothing just now. */
export function guestRule<G extends keyof GuestSnapshot, H extends keyof HostSnapshot = never>(
  rule: Facts & {
    readonly guest: readonly G[];
    /** What it needs of the guest's host. */
    readonly host?: readonly H[];
    readonly migrations?: boolean;
    readonly applies?: (guest: Read<GuestSnapshot, G | 'instance'>) => boolean;
    readonly check: (
      guest: Read<GuestSnapshot, G | 'instance'>,
      host: Read<HostSnapshot, H>,
      around: Around,
    ) => void;
    /** The weaker form, of guests that Nova is moving or changing just now; left out: they are not judged. */
    readonly inFlight?: (
      guest: Read<GuestSnapshot, G | 'instance'>,
      host: Read<HostSnapshot, H>,
      around: Around,
    ) => void;
  },
): Invariant {
  const run = (snapshot: Snapshot, all: Report): void => {
    if (snapshot.guests.length === 0) all.unread(undefined, 'any server');
    for (const guest of snapshot.guests) {
      const subject = server(guest);
      if (guest.instance === undefined) {
        all.unread(subject, labels['instance'] ?? '');
        continue;
      }
      if (snapshot.migrations === undefined) {
        all.unread(subject, labels['migrations'] ?? '');
        continue;
      }
      const settled = isSettled(guest.instance, snapshot.migrations);
      const check = settled ? rule.check : rule.inFlight;
      if (check === undefined || (!settled && !isInFlight(guest.instance, snapshot.migrations))) continue;
      const report = settled ? all : ofInFlight(all);
      if (!told(report, guest, subject, rule.guest)) continue;
      if (rule.applies?.(guest as never) === false) continue;
      let host: HostSnapshot | undefined;
      if (rule.host !== undefined) {
        host = snapshot.hosts.find(({ name }) => name === guest.instance?.host);
        if (host === undefined) {
          report.unread(subject, `its host ${guest.instance?.host ?? ''}`);
          continue;
        }
        if (!told(report, host, subject, rule.host)) continue;
      }
      report.looked(subject);
      check(guest as never, host as never, {
        snapshot,
        violated: (found) => {
          report.violated(subject, found);
        },
        unread: (missing) => {
          report.unread(subject, missing);
        },
      });
    }
  };
  return made(rule, run);
}

/** What is found may pass; what could not be read is not missed, as the server may have been elsewhere by then. */
function ofInFlight(report: Report): Report {
  return {
    violated: (subject, found) => {
      report.violated(subject, { ...found, inFlight: true });
    },
    unread: () => undefined,
    looked: (subject) => {
      report.looked(subject);
    },
  };
}

/** An invariant of single hosts. */
export function hostRule<H extends keyof HostSnapshot>(
  rule: Facts & {
    readonly host: readonly H[];
    readonly migrations?: boolean;
    readonly applies?: (host: Read<HostSnapshot, H>) => boolean;
    readonly check: (host: Read<HostSnapshot, H>, around: Around) => void;
  },
): Invariant {
  const run = (snapshot: Snapshot, report: Report): void => {
    if (snapshot.hosts.length === 0) report.unread(undefined, 'any host');
    for (const host of snapshot.hosts) {
      const subject = compute(host);
      if (!told(report, host, subject, rule.host)) continue;
      if (rule.migrations === true && snapshot.migrations === undefined) {
        report.unread(subject, labels['migrations'] ?? '');
        continue;
      }
      if (rule.applies?.(host as never) === false) continue;
      report.looked(subject);
      rule.check(host as never, {
        snapshot,
        violated: (found) => {
          report.violated(subject, found);
        },
        unread: (missing) => {
          report.unread(subject, missing);
        },
      });
    }
  };
  return made(rule, run);
}

function made(facts: Facts, judge: Invariant['judge']): Invariant {
  const { id, statement, source, transience, confidence, remedy, reads, knownBugs = [] } = facts;
  const links = linksOf(source, ...knownBugs.map(({ bug }) => bug));
  return { id, statement, source, reads, transience, confidence, remedy, links, knownBugs, judge };
}

function told<T extends object>(
  report: Report,
  of: T,
  subject: Parameters<Report['unread']>[0],
  keys: readonly (keyof T)[],
): boolean {
  const missing = keys.filter((key) => of[key] === undefined);
  for (const key of missing) report.unread(subject, labels[String(key)] ?? String(key));
  return missing.length === 0;
}
