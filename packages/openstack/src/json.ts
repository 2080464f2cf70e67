import { BadAnswerError } from './errors.js';

/** A JSON object as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the fields of an answer; a field that is not what the API promises is an error that names it. */
export class Fields {
  readonly raw: JsonObject;
  readonly #what: string;

  /** @param what what the object is, for errors: "server", "server.flavor" */
  constructor(raw: unknown, what: string) {
    if (!isJsonObject(raw)) throw badAnswer(what, 'an object', raw);
    this.raw = raw;
    this.#what = what;
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined && this.raw[name] !== null;
  }

  string(name: string): string {
    const value = this.raw[name];
    if (typeof value !== 'string') throw badAnswer(`${this.#what}.${name}`, 'a string', value);
    return value;
  }

  /** null where the field is null or absent, as fields for administrators are to others. */
  stringOrNull(name: string): string | null {
    return this.has(name) ? this.string(name) : null;
  }

  number(name: string): number {
    const value = this.raw[name];
    if (typeof value !== 'number') throw badAnswer(`${this.#what}.${name}`, 'a number', value);
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.has(name) ? this.number(name) : null;
  }

  boolean(name: string): boolean {
    const value = this.raw[name];
    if (typeof value !== 'boolean') throw badAnswer(`${this.#what}.${name}`, 'a boolean', value);
    return value;
  }

  booleanOrNull(name: string): boolean | null {
    return this.has(name) ? this.boolean(name) : null;
  }

  object(name: string): Fields {
    return new Fields(this.raw[name], `${this.#what}.${name}`);
  }

  objectOrNull(name: string): Fields | null {
    return this.has(name) ? this.object(name) : null;
  }

  objects(name: string): readonly Fields[] {
    const value = this.raw[name];
    if (!Array.isArray(value)) throw badAnswer(`${this.#what}.${name}`, 'a list', value);
    return value.map((item, index) => new Fields(item, `${this.#what}.${name}[${index}]`));
  }

  objectsOrNone(name: string): readonly Fields[] {
    return this.has(name) ? this.objects(name) : [];
  }

  /** A list of strings; empty where the field is null or absent. */
  strings(name: string): readonly string[] {
    const value = this.raw[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw badAnswer(`${this.#what}.${name}`, 'a list of strings', value);
    }
    return value;
  }

  /** An object whose values are all strings; empty where the field is null or absent. */
  stringMap(name: string): Readonly<Record<string, string>> {
    if (!this.has(name)) return {};
    const fields = this.object(name);
    return Object.fromEntries(Object.keys(fields.raw).map((key) => [key, fields.string(key)]));
  }

  /** An object whose values are all numbers; empty where the field is null or absent. */
  numberMap(name: string): Readonly<Record<string, number>> {
    if (!this.has(name)) return {};
    const fields = this.object(name);
    return Object.fromEntries(Object.keys(fields.raw).map((key) => [key, fields.number(key)]));
  }
}

function badAnswer(field: string, expected: string, value: unknown): BadAnswerError {
  const seen = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);
  return new BadAnswerError({
    code: 'WB_OPENSTACK_BAD_ANSWER',
    action: `decode ${field}`,
    observed: `expected ${expected}, got ${seen}`,
    advice: 'Is the endpoint in the catalogue the service that it claims to be? Check its URL and version.',
  });
}
