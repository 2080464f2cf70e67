import { CpuSet, CpuSetError } from '@whitebox/core';
import { XmlError } from './errors.js';
import type { XmlElement } from './xml-node.js';

/**
 * Reads values out of an element. A value that is absent is undefined; one that is there and is not what libvirt
 * would write is an error with its path, never a guess.
 */
export class ElementReader {
  readonly element: XmlElement;
  readonly #parent: ElementReader | undefined;

  constructor(element: XmlElement, parent?: ElementReader) {
    this.element = element;
    this.#parent = parent;
  }

  /** `domain/devices/disk[2]`; made up only when something is wrong, as that costs more than to read a value. */
  get path(): string {
    if (this.#parent === undefined) return this.name;
    const alike = this.#parent.element.children.filter(
      ({ name, namespace }) => name === this.name && namespace === this.element.namespace,
    );
    const index = alike.length > 1 ? `[${alike.indexOf(this.element) + 1}]` : '';
    return `${this.#parent.path}/${this.name}${index}`;
  }

  get name(): string {
    return this.element.name;
  }

  get text(): string {
    return this.element.text.trim();
  }

  /** Children of that name in no namespace (or in the given one). */
  all(name: string, namespace = ''): ElementReader[] {
    const found: ElementReader[] = [];
    for (const child of this.element.children) {
      if (child.name === name && child.namespace === namespace) found.push(new ElementReader(child, this));
    }
    return found;
  }

  children(): ElementReader[] {
    return this.element.children.map((child) => new ElementReader(child, this));
  }

  /** The first child of that name in no namespace (or in the given one). */
  child(name: string, namespace = ''): ElementReader | undefined {
    for (const child of this.element.children) {
      if (child.name === name && child.namespace === namespace) return new ElementReader(child, this);
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.child(name) !== undefined;
  }

  /** Text of the first child of that name; undefined when it is absent or empty. */
  textOf(name: string): string | undefined {
    const text = this.child(name)?.text;
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
    return this.#read(name, toInteger);
  }

  integerOf(name: string): number | undefined {
    return this.child(name)?.asInteger();
  }

  asInteger(): number {
    return this.#convert(this.text, toInteger);
  }

  /** The text as a set of CPUs or nodes. */
  asCpuSet(): CpuSet {
    return this.#convert(this.text, toCpuSet);
  }

  /** `yes`/`no` and `on`/`off`. */
  flag(name: string): boolean | undefined {
    return this.#read(name, toFlag);
  }

  cpuSet(name: string): CpuSet | undefined {
    return this.#read(name, toCpuSet);
  }

  /** A size in KiB: the attribute, or the text, with the unit that `unit` names (KiB without one), rounded up. */
  kib(name?: string): number {
    const text = name === undefined ? this.text : this.need(name);
    return toKib(this.#convert(text, toInteger, name), this.attribute('unit') ?? 'KiB', this);
  }

  need(name: string): string {
    return this.attribute(name) ?? this.#missing(`@${name}`);
  }

  needInteger(name: string): number {
    return this.#convert(this.need(name), toInteger, name);
  }

  needCpuSet(name: string): CpuSet {
    return this.#convert(this.need(name), toCpuSet, name);
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

  #read<T>(name: string, convert: (value: string) => T): T | undefined {
    const value = this.attribute(name);
    return value === undefined ? undefined : this.#convert(value, convert, name);
  }

  /** @param attribute where the value stands; undefined: it is the text */
  #convert<T>(value: string, convert: (value: string) => T, attribute?: string): T {
    try {
      return convert(value);
    } catch (error) {
      const where = attribute === undefined ? this.path : `${this.path}/@${attribute}`;
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
