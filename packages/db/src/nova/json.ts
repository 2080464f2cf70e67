import { NovaDataError } from './errors.js';

/** Where a JSON text was read, for errors. */
export interface JsonSource {
  readonly table: string;
  /** "id 12 (instance_uuid 7a3f...)" */
  readonly row: string;
  readonly column: string;
}

/** A JSON value that knows where it stands, so that an error can say which row, which column and which field. */
export class Json {
  readonly source: JsonSource;
  /** Undefined where the field is absent. */
  readonly value: unknown;
  readonly #path: string;

  private constructor(value: unknown, source: JsonSource, path: string) {
    this.value = value;
    this.source = source;
    this.#path = path;
  }

  static parse(text: string, source: JsonSource): Json {
    try {
      return new Json(JSON.parse(text), source, '');
    } catch (error) {
      throw new Json(undefined, source, '').wrong(`no JSON: ${(error as Error).message}`, error);
    }
  }

  /** A value that was parsed already. */
  static of(value: unknown, source: JsonSource): Json {
    return new Json(value, source, '');
  }

  /** A field of an object; its value is undefined where there is none. */
  field(name: string): Json {
    const record = this.#record();
    return new Json(
      Object.hasOwn(record, name) ? record[name] : undefined,
      this.source,
      this.#path === '' ? name : `${this.#path}.${name}`,
    );
  }

  /** False for what is no object. */
  has(name: string): boolean {
    return typeof this.value === 'object' && this.value !== null && Object.hasOwn(this.value, name);
  }

  entries(): [key: string, value: Json][] {
    return Object.keys(this.#record()).map((key) => [key, this.field(key)]);
  }

  list(): Json[] {
    if (!Array.isArray(this.value)) throw this.#expected('a list');
    return this.value.map((value, index) => new Json(value, this.source, `${this.#path}[${index}]`));
  }

  integer(): number {
    if (!Number.isSafeInteger(this.value)) throw this.#expected('an integer');
    return this.value as number;
  }

  /** CPU numbers, counts, sizes. */
  natural(): number {
    const value = this.integer();
    if (value < 0) throw this.#expected('a number from 0');
    return value;
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.#expected('a text');
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.#expected('true or false');
    return this.value;
  }

  /** Null for JSON's null and for an absent field. */
  orNull<T>(read: (json: Json) => T): T | null {
    return this.value === null || this.value === undefined ? null : read(this);
  }

  wrong(observed: string, cause?: unknown): NovaDataError {
    const { table, row, column } = this.source;
    const where = this.#path === '' ? '' : ` at ${this.#path}`;
    return new NovaDataError({
      code: 'WB_NOVA_DB_VALUE',
      action: `read ${table}.${column} of the row with ${row}`,
      observed: `${observed}${where}`,
      advice: 'Look at the row: it was edited by hand, or written by a Nova that is not known here.',
      cause,
    });
  }

  #record(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.#expected('an object');
    }
    return this.value as Record<string, unknown>;
  }

  #expected(what: string): NovaDataError {
    if (this.value === undefined) return this.wrong(`nothing where ${what} should be`);
    const text = JSON.stringify(this.value);
    return this.wrong(`${text.length > 60 ? `${text.slice(0, 57)}...` : text} where ${what} should be`);
  }
}
