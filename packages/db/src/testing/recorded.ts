import { readFileSync } from 'node:fs';
import { Json, type JsonSource } from '../nova/json.js';

const directory = new URL('../../testdata/', import.meta.url);

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, directory), 'utf8'));
}

export type ExtraColumn = 'numa_topology' | 'pci_requests' | 'flavor' | 'migration_context' | 'resources';

/** A server of the recorded cloud: its columns as text. */
export function recordedServer(kind: string): {
  readonly instance_extra: Readonly<Record<ExtraColumn, string | null>>;
  readonly request_specs: { readonly spec: string };
} {
  return read(`zed/${kind}.json`) as ReturnType<typeof recordedServer>;
}

export interface RecordedComputeNode {
  readonly host: string;
  readonly numa_topology: string;
  readonly pci_stats: string;
  readonly stats: string;
}

export function recordedComputeNodes(): readonly RecordedComputeNode[] {
  return (read('zed/compute-nodes.json') as { compute_nodes: RecordedComputeNode[] }).compute_nodes;
}

interface MadeByNova {
  readonly instance_numa_topology: Readonly<Record<string, string>>;
  readonly host_numa_topology: Readonly<Record<string, string>>;
  readonly pci: Readonly<Record<'devices' | 'requests' | 'pools' | 'requests-column', string>>;
  readonly resources: string;
  readonly migration_context: Readonly<Record<'full' | '1.0', string>>;
}

export const madeByNova = read('made-by-nova.json') as MadeByNova;

export const source: JsonSource = { table: 'instance_extra', row: 'id 12', column: 'numa_topology' };

export function parse(text: string | null | undefined): Json {
  if (typeof text !== 'string') throw new Error('nothing was recorded');
  return Json.parse(text, source);
}

/** The same JSON with one change. */
export function changed(text: string | undefined, change: (object: never) => void): Json {
  const object: unknown = JSON.parse(text ?? '');
  change(object as never);
  return Json.of(object, source);
}
