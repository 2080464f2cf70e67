import type { GuestSnapshot, HostDomain, HostSnapshot } from '@whitebox/invariants';
import {
  readCpuTopology,
  readGuestFiles,
  readGuestMemory,
  readNumaCells,
  readPciFunctions,
  readQemuThreads,
} from '@whitebox/kernel';
import { parseDomain, type Domain, type DomainSummary } from '@whitebox/libvirt-xml';
import type { ComputeHost } from '../compute-host.js';
import { attempt, type Reading } from './attempt.js';
import { readConfigFiles } from './read-config-files.js';

type Process = Pick<GuestSnapshot, 'live' | 'inactive' | 'threads' | 'memory' | 'files'>;

/** What libvirt and the kernel of a host say. */
export interface ReadHost extends Pick<
  HostSnapshot,
  'cpus' | 'numaCells' | 'domains' | 'secrets' | 'pciFunctions' | 'configFiles'
> {
  /** Uuid -> what they say of a guest. */
  readonly guests: ReadonlyMap<string, Process>;
}

const noProcess = ['WB_KERNEL_NO_PROCESS'];

/**
 * Two round trips: what there is, then the XML of all domains and, for the guests that are asked for, their threads, the
 * pages of their memory and the files that they have open.
 */
export async function readHost(
  compute: ComputeHost,
  uuids: readonly string[],
  reading: Reading,
): Promise<ReadHost> {
  const { machine, virsh } = compute;
  const limits = { signal: reading.signal };
  const [cpus, numaCells, summaries, secrets, pciFunctions, configFiles] = await Promise.all([
    attempt(readCpuTopology(machine, limits), reading),
    attempt(readNumaCells(machine, limits), reading),
    attempt(virsh.list(limits), reading),
    attempt(virsh.secrets(limits), reading),
    attempt(readPciFunctions(machine, limits), reading),
    attempt(readConfigFiles(compute, limits), reading),
  ]);
  const host = {
    cpus,
    numaCells,
    secrets: secrets?.map(({ uuid }) => uuid),
    pciFunctions,
    configFiles,
  };
  if (summaries === undefined) return { ...host, guests: new Map() };
  const mine = summaries.filter(({ uuid }) => uuids.includes(uuid));
  const [xml, processes] = await Promise.all([
    attempt(readXml(compute, summaries, uuids, reading.signal), reading),
    Promise.all(
      mine.map(async ({ name, state }) => {
        const target = { domain: name };
        if (!hasProcess(state)) return { threads: null, memory: null, files: null };
        const none = { codes: noProcess, value: null };
        const [threads, memory, files] = await Promise.all([
          attempt(readQemuThreads(machine, target, limits), reading, none),
          attempt(readGuestMemory(machine, target, limits), reading, none),
          attempt(readGuestFiles(machine, target, limits), reading, none),
        ]);
        return { threads, files, memory };
      }),
    ),
  ]);
  const guests = new Map<string, Process>();
  for (const uuid of uuids)
    guests.set(uuid, { live: null, inactive: null, threads: null, memory: null, files: null });
  for (const [index, { uuid }] of mine.entries())
    guests.set(uuid, { ...processes[index], live: live(xml, uuid), inactive: xml?.inactive.get(uuid) });
  const domains = summaries.map((summary): HostDomain => ({ ...summary, xml: xml?.live.get(summary.uuid) }));
  return { ...host, domains, guests };
}

function live(xml: Xml | undefined, uuid: string): Domain | null | undefined {
  return xml === undefined ? undefined : (xml.live.get(uuid) ?? null);
}

interface Xml {
  readonly live: ReadonlyMap<string, Domain>;
  readonly inactive: ReadonlyMap<string, Domain>;
}

/** Of all domains that run, and of the guests also what their next start uses; by one virsh. */
async function readXml(
  { virsh }: ComputeHost,
  summaries: readonly DomainSummary[],
  uuids: readonly string[],
  signal: AbortSignal,
): Promise<Xml> {
  const wanted = [
    ...summaries.filter(({ state }) => hasProcess(state)).map(({ uuid }) => ({ uuid, inactive: false })),
    ...summaries.filter(({ uuid }) => uuids.includes(uuid)).map(({ uuid }) => ({ uuid, inactive: true })),
  ];
  if (wanted.length === 0) return { live: new Map(), inactive: new Map() };
  const commands = wanted.map(({ uuid, inactive }) => `dumpxml ${uuid}${inactive ? ' --inactive' : ''}`);
  const text = await virsh.run([commands.join('; ')], { signal });
  // What a guest may have put into its XML is escaped, so this is always the end of one.
  const domains = text
    .split(/(?<=<\/domain>)/)
    .filter((xml) => xml.trim() !== '')
    .map((xml) => parseDomain(xml.trim()));
  const of = (kind: boolean): ReadonlyMap<string, Domain> =>
    new Map(
      wanted.flatMap(({ uuid, inactive }, index) => {
        const domain = domains[index];
        return inactive === kind && domain?.uuid === uuid ? [[uuid, domain] as const] : [];
      }),
    );
  return { live: of(false), inactive: of(true) };
}

function hasProcess(state: string): boolean {
  return !['shut off', 'crashed'].includes(state);
}
