import { CpuSet, CpuSetError } from '@whitebox/core';
import { XmlError } from './errors.js';
import type { XmlElement } from './xml-node.js';

/**
 * Reads values out of an element. A value that is absent is undefined; one that is there and is not what libvirt
 * would write is an error with its path, never a guess.
 */
export class ElementReader {
  readonly element: XmlElement;
  readonly path: string;

  constructor(element: XmlElement, path = element.name) {
    this.element = element;
    this.path = path;
  }

  get name(): string {
    return this.element.name;
  }

  get text(): string {
    return this.element.text.trim();
  }

  /** Children of that name in no namespace (or in the given one). */
  all(name: string, namespace = ''): ElementReader[] {
    return this.element.children
      .filter((child) => child.name === name && child.namespace === namespace)
      .map((child, index, { length }) => {
        const step = length > 1 ? `${name}[${index + 1}]` : name;
        return new ElementReader(child, `${this.path}/${step}`);
      });
  }

  children(): ElementReader[] {
    return this.element.children.map((child) => new ElementReader(child, `${this.path}/${child.name}`));
  }

  /** The first child at the end of a path of names. */
  child(...names: readonly string[]): ElementReader | undefined {
    let current: ElementReader | undefined = undefined;
    for (const name of names) {
      current = (current ?? this).all(name)[0];
      if (current === undefined) return undefined;
    }
    return current;
  }

  has(name: string): boolean {
    return this.child(name) !== undefined;
  }

  /** Text of the first child of that name; undefined when it is absent or empty. */
  textOf(...names: readonly string[]): string | undefined {
    const text = this.child(...names)?.text;
    return text === '' ? undefined : text;
  }

  attribute(name: string): string | undefined {
    return Object.hasOwn(this.element.attributes, name) ? this.element.attributes[name] : undefined;
  }

  /** All attributes as they stand there. */
  attributes(): Readonly<Record<string, string>> {
    return this.element.attributes;
  }

  integer(name: string): number | undefined {
    return this.#read(name, this.attribute(name), toInteger);
  }

  integerOf(...names: readonly string[]): number | undefined {
    return this.child(...names)?.asInteger();
  }

  asInteger(): number {
    return this.#convert(this.path, this.text, toInteger);
  }

  /** The text as a set of CPUs or nodes. */
  asCpuSet(): CpuSet {
    return this.#convert(this.path, this.text, toCpuSet);
  }

  /** `yes`/`no` and `on`/`off`. */
  flag(name: string): boolean | undefined {
    return this.#read(name, this.attribute(name), toFlag);
  }

  cpuSet(name: string): CpuSet | undefined {
    return this.#read(name, this.attribute(name), toCpuSet);
  }

  /** A size in KiB: the attribute, or the text, with the unit that `unit` names (KiB without one), rounded up. */
  kib(name?: string): number {
    const text = name === undefined ? this.text : this.need(name);
    const where = name === undefined ? this.path : `${this.path}/@${name}`;
    return toKib(this.#convert(where, text, toInteger), this.attribute('unit') ?? 'KiB', this);
  }

  need(name: string): string {
    return this.attribute(name) ?? this.#missing(`@${name}`);
  }

  needInteger(name: string): number {
    return this.#convert(`${this.path}/@${name}`, this.need(name), toInteger);
  }

  needCpuSet(name: string): CpuSet {
    return this.#convert(`${this.path}/@${name}`, this.need(name), toCpuSet);
  }

  needChild(name: string): ElementReader {
    return this.child(name) ?? this.#missing(name);
  }

  needText(name: string): string {
    const text = this.needChild(name).text;
    return text === '' ? this.#missing(`${name}/text()`) : text;
  }

  /** @throws XmlError `WB_XML_VALUE` always */
  fail(where: string, observed: string, cause?: unknown): never {
    throw new XmlError({
      code: 'WB_XML_VALUE',
      action: `read ${where}`,
      observed,
      advice: 'Compare the XML with the format that libvirt documents (https://libvirt.org/format.html).',
      cause,
    });
  }

  #missing(step: string): never {
    this.fail(`${this.path}/${step}`, 'it is missing');
  }

  #read<T>(name: string, value: string | undefined, convert: (value: string) => T): T | undefined {
    return value === undefined ? undefined : this.#convert(`${this.path}/@${name}`, value, convert);
  }

  #convert<T>(where: string, value: string, convert: (value: string) => T): T {
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof CpuSetError) this.fail(where, error.observed, error);
      if (error instanceof TypeError)
        this.fail(where, `${JSON.stringify(value.slice(0, 100))} is ${error.message}`);
      throw error;
    }
  }
}

function toInteger(value: string): number {
  const text = value.trim();
  const number = /^(?:-?\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new TypeError('no integer');
  return number;
}

function toFlag(value: string): boolean {
  if (value === 'yes' || value === 'on') return true;
  if (value === 'no' || value === 'off') return false;
  throw new TypeError('neither yes nor no, neither on nor off');
}

function toCpuSet(value: string): CpuSet {
  return CpuSet.parse(value, 'libvirt');
}

/** virScaleInteger of libvirt's src/util/virutil.c. */
function toKib(amount: number, unit: string, reader: ElementReader): number {
  const lower = unit.toLowerCase();
  if (lower === 'b' || lower === 'bytes') return Math.ceil(amount / 1024);
  const exponent = 'kmgtpe'.indexOf(lower.charAt(0)) + 1;
  const base = /^[kmgtpe](?:ib)?$/.test(lower) ? 1024 : /^[kmgtpe]b$/.test(lower) ? 1000 : undefined;
  if (base === undefined || exponent === 0)
    reader.fail(`${reader.path}/@unit`, `${JSON.stringify(unit)} is no unit`);
  return base === 1024 ? amount * 1024 ** (exponent - 1) : Math.ceil((amount * 1000 ** exponent) / 1024);
}
