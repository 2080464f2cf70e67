import { CpuSet, CpuSetError, nearestName } from '@whitebox/core';
import type { DeploymentName } from './deployments/host-shape.js';
import { LabError, exitCodes } from './errors.js';
import { controllerName } from './lab-hosts.js';
import type { PmemNamespaces } from './pmem.js';
import { readShape, type RawHost, type RawProfile, type RawTopology } from './profile-schema.js';
import { cpusOf, topologyProblems, type HostTopology } from './topology/host-topology.js';
import { readYaml } from './yaml-file.js';

/** What a lab is made of: a file in profiles/, or a user's own. */
export interface Profile {
  readonly description: string;
  /** `if-needed`: hosts show the machine as it is where it has as many CPUs as the profile asks for. */
  readonly emulate: 'always' | 'if-needed';
  /** As which tool's work the hosts look; undefined: as the packages made them. */
  readonly deployment?: DeploymentName | undefined;
  /** The one with the control plane first. */
  readonly hosts: readonly ProfileHost[];
}

export interface ProfileHost {
  readonly name: string;
  readonly topology: HostTopology;
  /** Nova's `[compute]cpu_dedicated_set` and `cpu_shared_set`; empty where the option is left out. */
  readonly dedicated: string;
  readonly shared: string;
  /** Nova's `reserved_host_memory_mb` */
  readonly reservedMemoryMib: number;
  readonly pmem: readonly PmemNamespaces[];
}

type Path = readonly PropertyKey[];
type Report = (path: Path, problem: string) => void;

/** Reads the text of a profile. @throws LabError `WB_LAB_PROFILE` with everything that is wrong, and the lines */
export function parseProfile(text: string, file: string): Profile {
  const yaml = readYaml(text);
  if ('fault' in yaml) throw refused(file, [`${file}:${yaml.line}: the file is no YAML: ${yaml.fault}`]);
  const problems: string[] = [];
  const report: Report = (path, problem) => {
    const subject = path.length === 0 ? 'the file' : path.map(String).join('.');
    problems.push(`${file}:${yaml.lineOf(path)}: ${subject} ${problem}`);
  };
  const reading = readShape(yaml.content);
  if (!reading.ok) {
    for (const { path, problem, known } of reading.problems) {
      report(path, `${problem}.${known === undefined ? '' : suggestion(String(path.at(-1)), known)}`);
    }
    throw refused(file, problems);
  }
  const profile = profileOf(reading.profile, report);
  if (problems.length > 0) throw refused(file, problems);
  return profile;
}

function refused(file: string, problems: readonly string[]): LabError {
  const lines = [`${file} is no profile:`, ...problems.map((problem) => `  ${problem}`)];
  return new LabError('WB_LAB_PROFILE', lines.join('\n'), {
    advice: 'tools/lab/README.md tells what a profile says; tools/lab/profiles has some.',
    exitCode: exitCodes.usage,
  });
}

function suggestion(written: string, known: readonly string[]): string {
  const meant = nearestName(written, known);
  return meant === undefined ? ` Known: ${known.join(', ')}.` : ` Did you mean ${meant}?`;
}

function profileOf(raw: RawProfile, report: Report): Profile {
  const names = Object.keys(raw.hosts);
  if (!names.includes(controllerName)) {
    report(
      ['hosts'],
      `has no ${controllerName}. One host must have that name; it carries the control plane too.`,
    );
  }
  if (raw.topology !== undefined) checkTopology(raw.topology, ['topology'], report);
  const hosts = Object.entries(raw.hosts).flatMap(([name, host]) => hostOf(name, host, raw.topology, report));
  const isController = ({ name }: ProfileHost) => name === controllerName;
  return {
    description: raw.description,
    emulate: raw.emulate,
    ...(raw.deployment === undefined ? {} : { deployment: raw.deployment }),
    hosts: [...hosts.filter(isController), ...hosts.filter((host) => !isController(host))],
  };
}

function hostOf(
  name: string,
  raw: RawHost,
  common: RawTopology | undefined,
  report: Report,
): ProfileHost | [] {
  const path = ['hosts', name];
  if (raw.topology !== undefined) checkTopology(raw.topology, [...path, 'topology'], report);
  const own = raw.topology ?? common;
  if (own === undefined) {
    report(path, 'has no topology. Give it one, or the profile as a whole.');
    return [];
  }
  const topology = topologyOf(own);
  const all = CpuSet.from(cpusOf(topology));
  const read = (key: 'dedicated' | 'shared'): CpuSet => {
    try {
      const cpus = CpuSet.parse(raw[key] ?? '');
      const absent = cpus.difference(all);
      if (!absent.isEmpty)
        report([...path, key], `has ${absent.toString()}, and the host has ${all.toString()}.`);
      return cpus;
    } catch (error) {
      if (!(error instanceof CpuSetError)) throw error;
      report([...path, key], `is no CPU set: ${error.observed}.`);
      return CpuSet.empty;
    }
  };
  const [dedicated, shared] = [read('dedicated'), read('shared')];
  const both = dedicated.intersection(shared);
  if (!both.isEmpty) report([...path, 'shared'], `has ${both.toString()}, which dedicated has too.`);
  if (raw.dedicated === undefined && raw.shared === undefined) {
    report(path, 'has no CPUs for guests. Give it dedicated or shared ones.');
  }
  return {
    name,
    topology,
    dedicated: dedicated.toString(),
    shared: shared.toString(),
    reservedMemoryMib: raw.reserved_memory,
    pmem: Object.entries(raw.pmem).map(([size, count]) => ({ sizeMib: Number.parseInt(size, 10), count })),
  };
}

function topologyOf(raw: RawTopology): HostTopology {
  return {
    sockets: raw.sockets,
    cellsPerSocket: raw.cells_per_socket,
    coresPerCell: raw.cores_per_cell,
    threadsPerCore: raw.threads_per_core,
    memoryMiBPerCell: raw.memory_per_cell,
    distances: {
      sameSocket: raw.distances.same_socket,
      otherSocket: raw.distances.other_socket,
    },
    hugepages: [
      { sizeKiB: 2048, perCell: raw.hugepages_per_cell['2 MiB'] },
      { sizeKiB: 1_048_576, perCell: raw.hugepages_per_cell['1 GiB'] },
    ],
  };
}

function checkTopology(raw: RawTopology, path: Path, report: Report): void {
  for (const problem of topologyProblems(topologyOf(raw))) report(path, `cannot be: ${problem}`);
}
