import { KernelError } from './errors.js';
import type { NumaMapping } from './numa-maps.js';
import type { ProcessReading } from './process-target.js';

/** Where the memory of a guest (of one of its NUMA cells) lies. */
export interface GuestMemory {
  /** Id of QEMU's memory backend: `ram-node0` for cell 0, `pc.ram` for a guest without cells. */
  readonly backend: string;
  readonly sizeKib: number;
  /** 4 for ordinary pages, 2048 or 1048576 for huge ones; undefined when the guest has touched none yet. */
  readonly pageSizeKib: number | undefined;
  /** Node of the host -> pages of that size that lie there. */
  readonly pages: ReadonlyMap<number, number>;
  readonly mappings: readonly NumaMapping[];
}

interface Backend {
  readonly id: string;
  readonly sizeKib: number;
}

/** Memory backends by the command line, and the mappings of just their size. */
export function guestMemoryOf(reading: ProcessReading, mappings: readonly NumaMapping[]): GuestMemory[] {
  const taken = new Set<NumaMapping>();
  return memoryBackends(reading.commandLine).map(({ id, sizeKib }) => {
    const found = findMappings(sizeKib, mappings, taken);
    if (found === undefined) {
      throw new KernelError({
        code: 'WB_KERNEL_GUEST_MEMORY',
        action: reading.files.action,
        host: reading.files.host,
        observed: `no mapping has the ${sizeKib} KiB of the memory backend ${id}`,
        advice: 'Read again: the guest may just be starting or ending.',
      });
    }
    for (const mapping of found) taken.add(mapping);
    const pages = new Map<number, number>();
    for (const [node, count] of found.flatMap((mapping) => [...mapping.pages])) {
      pages.set(node, (pages.get(node) ?? 0) + count);
    }
    const pageSizeKib = found.find((mapping) => mapping.pageSizeKib !== undefined)?.pageSizeKib;
    return { backend: id, sizeKib, pageSizeKib, pages, mappings: found };
  });
}

/** A mapping of that size, or neighbours that together have it (the kernel splits them when their flags differ). */
function findMappings(
  sizeKib: number,
  mappings: readonly NumaMapping[],
  taken: ReadonlySet<NumaMapping>,
): readonly NumaMapping[] | undefined {
  const candidates = mappings.filter(
    (mapping) => mapping.permissions.startsWith('rw') && !taken.has(mapping),
  );
  const exact = candidates.filter((mapping) => mapping.sizeKib === sizeKib);
  // Another buffer can have the same size by chance; the guest's memory is the fullest.
  const fullest = exact.sort((a, b) => usedKib(b) - usedKib(a))[0];
  if (fullest !== undefined) return [fullest];
  for (const [index, first] of candidates.entries()) {
    const run = [first];
    let size = first.sizeKib;
    for (const next of candidates.slice(index + 1)) {
      const last = run.at(-1);
      if (size >= sizeKib || last === undefined || !isNext(last, next)) break;
      run.push(next);
      size += next.sizeKib;
    }
    if (size === sizeKib) return run;
  }
  return undefined;
}

function isNext(left: NumaMapping, right: NumaMapping): boolean {
  const end = BigInt(`0x${left.address}`) + BigInt(left.sizeKib) * 1024n;
  return end === BigInt(`0x${right.address}`) && left.file === right.file;
}

function usedKib(mapping: NumaMapping): number {
  return [...mapping.pages.values()].reduce((sum, pages) => sum + pages, 0) * (mapping.pageSizeKib ?? 0);
}

/** `-object memory-backend-...` in JSON (libvirt 6.6 and newer) or in QEMU's own form, else `-m`. */
export function memoryBackends(commandLine: readonly string[]): Backend[] {
  const valuesOf = (option: string): string[] =>
    commandLine.flatMap((argument, index) => (argument === option ? (commandLine[index + 1] ?? []) : []));
  const backends = valuesOf('-object').flatMap((value) => backendOf(value) ?? []);
  if (backends.length > 0) return backends;
  return valuesOf('-m').flatMap((value) => {
    const match = /^(?:size=)?(\d+)([bkmgt]?)/i.exec(value);
    // Without a unit it is MiB.
    return match === null
      ? []
      : [{ id: 'ram', sizeKib: toKib(match[1] ?? '', match[2] === '' ? 'm' : match[2]) }];
  });
}

function backendOf(value: string): Backend | undefined {
  const fields = value.startsWith('{') ? jsonFields(value) : commaFields(value);
  const { type, id, size } = fields;
  if (type === undefined || !type.startsWith('memory-backend-') || id === undefined || size === undefined) {
    return undefined;
  }
  const match = /^(\d+)([bkmgt]?)$/i.exec(size);
  return match === null
    ? undefined
    : { id, sizeKib: toKib(match[1] ?? '', match[2] === '' ? 'b' : match[2]) };
}

interface BackendFields {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly size: string | undefined;
}

function jsonFields(value: string): BackendFields {
  const object = JSON.parse(value) as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const field = object[name];
    return typeof field === 'string' || typeof field === 'number' ? String(field) : undefined;
  };
  return { type: text('qom-type'), id: text('id'), size: text('size') };
}

function commaFields(value: string): BackendFields {
  const [type, ...rest] = value.split(',');
  const fields = new Map(
    rest.map((field) => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)]),
  );
  return { type, id: fields.get('id'), size: fields.get('size') };
}

function toKib(digits: string, unit = 'b'): number {
  const exponent = 'bkmgt'.indexOf(unit.toLowerCase());
  return Math.ceil(Number(digits) * 1024 ** (exponent - 1));
}
