import { WhiteboxError } from './errors.js';

/**
 * Whose rules a CPU list is read by. They agree on `1-4,6` and differ on the rest:
 *
 * - `nova`: parse_cpu_spec of nova/virt/hardware.py, for nova.conf and flavor extra specs. An exclusion (`^3`, `^3-5`)
 *   holds wherever it stands; empty elements and an empty text are fine; numbers are Python's (`+3`, `1_0`).
 * - `libvirt`: virBitmapParse of src/util/virbitmap.c, for XML. Read from left to right, so `^3,1-4` still has 3; no
 *   range can be excluded; an empty text and an empty element are errors, one trailing comma is not.
 * - `kernel`: what Linux prints in /sys and /proc (`%*pbl`): numbers and ranges, an empty text is the empty set.
 */
export type CpuSetDialect = 'nova' | 'libvirt' | 'kernel';

/** CPU numbers below this are understood: VIR_DOMAIN_CPUMASK_LEN of libvirt, twice the most that Linux supports. */
const LIMIT = 16_384;

/** Thrown for a text that is no CPU set (`WB_CPU_SET_SYNTAX`) and for numbers beyond the limit (`WB_CPU_SET_LIMIT`). */
export class CpuSetError extends WhiteboxError {
  constructor(
    code: 'WB_CPU_SET_SYNTAX' | 'WB_CPU_SET_LIMIT',
    /** The whole text that was read; empty when the numbers did not come from a text. */
    readonly text: string,
    /** Offset of the offending piece in the text, from 0. */
    readonly position: number,
    reason: string,
    advice: string,
  ) {
    const where = text === '' ? 'an empty text' : `${JSON.stringify(abridge(text))}, column ${position + 1}`;
    super({ code, action: 'read a CPU set', observed: `${where}: ${reason}`, advice });
  }
}

/** An immutable set of CPU numbers (or NUMA node numbers); iterates in ascending order. */
export class CpuSet implements Iterable<number> {
  static readonly empty = new CpuSet([]);

  /** Ascending, without repetition. An own property, so that deep comparison of any test library compares it. */
  readonly ids: readonly number[];
  readonly #members: ReadonlySet<number>;

  private constructor(ids: Iterable<number>) {
    this.#members = new Set(ids);
    this.ids = Object.freeze([...this.#members].sort((a, b) => a - b));
    Object.freeze(this);
  }

  /**
   * @throws CpuSetError `WB_CPU_SET_LIMIT` for a number that is not an integer between 0 and 16383
   */
  static from(ids: Iterable<number>): CpuSet {
    if (ids instanceof CpuSet) return ids;
    const list = [...ids];
    for (const id of list) {
      if (!Number.isInteger(id) || id < 0 || id >= LIMIT) throw limitError('', 0, String(id));
    }
    return new CpuSet(list);
  }

  /** `CpuSet.of(1, 2, 6)` */
  static of(...ids: readonly number[]): CpuSet {
    return CpuSet.from(ids);
  }

  /**
   * Reads `1-4,^3,6`.
   *
   * @param dialect whose rules hold; default `nova`
   * @throws CpuSetError with the position; numbers beyond 16383 are refused, so no text can make a huge set
   */
  static parse(text: string, dialect: CpuSetDialect = 'nova'): CpuSet {
    return new CpuSet(readers[dialect](text));
  }

  get size(): number {
    return this.ids.length;
  }

  get isEmpty(): boolean {
    return this.ids.length === 0;
  }

  has(id: number): boolean {
    return this.#members.has(id);
  }

  union(other: Iterable<number>): CpuSet {
    return new CpuSet([...this.ids, ...CpuSet.from(other).ids]);
  }

  intersection(other: Iterable<number>): CpuSet {
    const others = CpuSet.from(other);
    return new CpuSet(this.ids.filter((id) => others.has(id)));
  }

  /** What is in this set and not in the other one. */
  difference(other: Iterable<number>): CpuSet {
    const others = CpuSet.from(other);
    return new CpuSet(this.ids.filter((id) => !others.has(id)));
  }

  /** True for the empty set too: an assertion that means "and there are some" has to ask {@link isEmpty}. */
  isSubsetOf(other: Iterable<number>): boolean {
    const others = CpuSet.from(other);
    return this.ids.every((id) => others.has(id));
  }

  isSupersetOf(other: Iterable<number>): boolean {
    return CpuSet.from(other).isSubsetOf(this);
  }

  isDisjointFrom(other: Iterable<number>): boolean {
    const others = CpuSet.from(other);
    return !this.ids.some((id) => others.has(id));
  }

  equals(other: Iterable<number>): boolean {
    const others = CpuSet.from(other);
    return this.size === others.size && this.isSubsetOf(others);
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.ids.values();
  }

  /** `1-2,4,6`: the shortest form without exclusions, as Nova, libvirt and the kernel write it; empty: an empty text. */
  toString(): string {
    const ranges: { first: number; last: number }[] = [];
    for (const id of this.ids) {
      const current = ranges.at(-1);
      if (current?.last === id - 1) current.last = id;
      else ranges.push({ first: id, last: id });
    }
    return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
  }

  toJSON(): string {
    return this.toString();
  }
}

const readers: Record<CpuSetDialect, (text: string) => Set<number>> = {
  nova: readNova,
  libvirt: readLibvirt,
  kernel: readKernel,
};

// What Python's int() takes, as far as it is ASCII.
const PYTHON_INT = String.raw`\s*([+-]?\d+(?:_\d+)*)\s*`;
const NOVA_SINGLE = new RegExp(`^(\\^?)${PYTHON_INT}$`);
// Nova splits at the first hyphen, so a sign can only stand before the last number.
const NOVA_RANGE = new RegExp(String.raw`^(\^?)\s*(\+?\d+(?:_\d+)*)\s*-${PYTHON_INT}$`);

function readNova(text: string): Set<number> {
  const included = new Set<number>();
  const excluded = new Set<number>();
  for (const { element, position } of splitAtCommas(text)) {
    if (element === '') continue;
    const match = NOVA_SINGLE.exec(element) ?? NOVA_RANGE.exec(element);
    if (match === null) throw syntaxError(text, position, element);
    const [, caret, first = '', last = first] = match;
    addRange(caret === '^' ? excluded : included, { text, position, element, first, last });
  }
  for (const id of excluded) included.delete(id);
  return included;
}

function readLibvirt(text: string): Set<number> {
  const ids = new Set<number>();
  const elements = splitAtCommas(text);
  if (elements.length > 1 && elements.at(-1)?.element === '') elements.pop();
  for (const { element, position } of elements) {
    const single = /^(\^?)(\d+)$/.exec(element);
    const match = single ?? /^()(\d+)\s*-\s*(\+?\d+)$/.exec(element);
    if (match === null) throw syntaxError(text, position, element);
    const [, caret, first = '', last = first] = match;
    if (caret === '^') ids.delete(Number(first));
    else addRange(ids, { text, position, element, first, last });
  }
  return ids;
}

function readKernel(text: string): Set<number> {
  const ids = new Set<number>();
  if (text.trim() === '') return ids;
  for (const { element, position } of splitAtCommas(text)) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(element);
    if (match === null) throw syntaxError(text, position, element);
    const [, first = '', last = first] = match;
    addRange(ids, { text, position, element, first, last });
  }
  return ids;
}

interface RangeText {
  readonly text: string;
  readonly position: number;
  readonly element: string;
  readonly first: string;
  readonly last: string;
}

function addRange(ids: Set<number>, range: RangeText): void {
  const first = Number(range.first.replaceAll('_', ''));
  const last = Number(range.last.replaceAll('_', ''));
  if (first > last || first < 0) throw syntaxError(range.text, range.position, range.element);
  if (last >= LIMIT) throw limitError(range.text, range.position, range.element);
  for (let id = first; id <= last; id++) ids.add(id);
}

function splitAtCommas(text: string): { element: string; position: number }[] {
  let offset = 0;
  return text.split(',').map((piece) => {
    const position = offset + (piece.length - piece.trimStart().length);
    offset += piece.length + 1;
    return { element: piece.trim(), position };
  });
}

function syntaxError(text: string, position: number, element: string): CpuSetError {
  const reason =
    element === '' ? 'an empty element' : `${JSON.stringify(abridge(element))} is no CPU, range or exclusion`;
  return new CpuSetError(
    'WB_CPU_SET_SYNTAX',
    text,
    position,
    reason,
    'Write numbers, ranges and exclusions with commas between them, as in 1-4,^3,6.',
  );
}

function limitError(text: string, position: number, element: string): CpuSetError {
  return new CpuSetError(
    'WB_CPU_SET_LIMIT',
    text,
    position,
    `${abridge(element)} is not within 0-${LIMIT - 1}`,
    'Look for a mistyped number; no Linux machine has that many CPUs.',
  );
}

function abridge(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
