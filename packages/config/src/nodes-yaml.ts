import { CpuSet, CpuSetError, editDistance, nearestName } from '@whitebox/core';
import type { ConfigProblem } from './errors.js';
import { nodeKeys, readNodes, serviceKeys, type RawNode, type ShapeProblem } from './schema.js';
import { YamlFile } from './yaml-file.js';

/** How a service of a host is handled, as nodes.yaml says it. Commands are shell commands. */
export interface NodeService {
  readonly containerName: string | undefined;
  /** Path of its configuration file on the host. */
  readonly configPath: string | undefined;
  readonly startCommand: string | undefined;
  readonly stopCommand: string | undefined;
  readonly maskCommand: string | undefined;
  readonly unmaskCommand: string | undefined;
}

/** One compute host of nodes.yaml. Its name is the one that Nova knows (OS-EXT-SRV-ATTR:host). */
export interface NodeDescription {
  readonly name: string;
  /** By the names `libvirt` and `nova-compute`, and others that a suite knows. */
  readonly services: ReadonlyMap<string, NodeService>;
  readonly cpuSharedSet: CpuSet | undefined;
  readonly cpuDedicatedSet: CpuSet | undefined;
  /** CPUs by number of the socket and of the NUMA node. */
  readonly topology: ReadonlyMap<number, ReadonlyMap<number, CpuSet>>;
  readonly file: string;
  readonly line: number;
  /** Line of a name below the host: `lineOf('services', 'libvirt', 'start_command')`. */
  readonly lineOf: (...path: readonly string[]) => number;
}

const KNOWN_SERVICES = ['libvirt', 'nova-compute'];

/** Reads nodes.yaml. What is wrong in it is added to `problems`. */
export function parseNodes(
  text: string,
  file: string,
  problems: ConfigProblem[],
): Map<string, NodeDescription> {
  const nodes = new Map<string, NodeDescription>();
  const yaml = YamlFile.parse(text);
  if (!(yaml instanceof YamlFile)) {
    problems.push({
      code: 'WB_CONFIG_SYNTAX',
      subject: 'the file',
      observed: `is no YAML: ${yaml.message}`,
      advice: 'Correct the indentation and the quotes around there.',
      file,
      line: yaml.line,
    });
    return nodes;
  }
  const reading = readNodes(yaml.content() ?? {});
  if (!reading.ok) {
    problems.push(...reading.problems.flatMap((problem) => shapeProblems(problem, yaml, file)));
    return nodes;
  }
  for (const [name, raw] of Object.entries(reading.nodes)) {
    const lineOf = (...path: readonly string[]) => yaml.lineOf([name, ...path]);
    const report = (problem: Omit<ConfigProblem, 'file' | 'line'>, ...path: string[]) =>
      problems.push({ ...problem, file, line: lineOf(...path) });
    nodes.set(name, describe(name, raw, { file, lineOf, report }));
  }
  return nodes;
}

interface Context {
  readonly file: string;
  readonly lineOf: (...path: readonly string[]) => number;
  readonly report: (problem: Omit<ConfigProblem, 'file' | 'line'>, ...path: string[]) => void;
}

function describe(name: string, raw: RawNode, { file, lineOf, report }: Context): NodeDescription {
  const cpus = (text: string | null | undefined, ...path: string[]): CpuSet | undefined => {
    if (text === undefined || text === null) return undefined;
    try {
      return CpuSet.parse(text, 'nova');
    } catch (error) {
      if (!(error instanceof CpuSetError)) throw error;
      report(
        {
          code: 'WB_CONFIG_BAD_VALUE',
          subject: [name, ...path].join('.'),
          observed: `is no CPU set: ${error.observed}`,
          advice: error.advice,
        },
        ...path,
      );
      return undefined;
    }
  };
  const services = new Map<string, NodeService>();
  for (const [service, commands] of Object.entries(raw.services ?? {})) {
    const meant = KNOWN_SERVICES.find((known) => known !== service && editDistance(known, service) <= 2);
    if (meant !== undefined) {
      report(
        {
          code: 'WB_CONFIG_UNKNOWN_KEY',
          subject: `${name}.services.${service}`,
          observed: 'is no service',
          advice: `Did you mean ${meant}?`,
        },
        'services',
        service,
      );
    }
    services.set(service, {
      containerName: commands.container_name,
      configPath: commands.config_path,
      startCommand: commands.start_command,
      stopCommand: commands.stop_command,
      maskCommand: commands.mask_command,
      unmaskCommand: commands.unmask_command,
    });
  }
  const topology = new Map<number, ReadonlyMap<number, CpuSet>>();
  for (const [socket, cells] of Object.entries(raw.topology ?? {})) {
    const byCell = new Map<number, CpuSet>();
    for (const [cell, { cpus: text }] of Object.entries(cells)) {
      byCell.set(numberOf(cell), cpus(text, 'topology', socket, cell, 'cpus') ?? CpuSet.empty);
    }
    topology.set(numberOf(socket), byCell);
  }
  return {
    name,
    services,
    cpuSharedSet: cpus(raw.cpu_shared_set, 'cpu_shared_set'),
    cpuDedicatedSet: cpus(raw.cpu_dedicated_set, 'cpu_dedicated_set'),
    topology,
    file,
    line: lineOf(),
    lineOf,
  };
}

/** The number of `socket-1` or `numa-0`. */
function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

function shapeProblems(
  { path, unknown, message }: ShapeProblem,
  yaml: YamlFile,
  file: string,
): ConfigProblem[] {
  if (unknown.length === 0) {
    return [
      {
        code: 'WB_CONFIG_BAD_VALUE',
        subject: path.length === 0 ? 'the file' : path.join('.'),
        observed: message,
        advice: 'docs/configuration.md shows what nodes.yaml looks like.',
        file,
        line: yaml.lineOf(path),
      },
    ];
  }
  const known = path.at(-2) === 'services' ? serviceKeys : path.length === 1 ? nodeKeys : ['cpus'];
  return unknown.map((key) => {
    const meant = nearestName(key, known);
    return {
      code: 'WB_CONFIG_UNKNOWN_KEY',
      subject: [...path, key].join('.'),
      observed: 'means nothing',
      advice: meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`,
      file,
      line: yaml.lineOf([...path, key]),
    };
  });
}
