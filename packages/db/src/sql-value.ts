import { DatabaseError } from './errors.js';

/** What may be given for a `?`. A Date is an instant and is sent in UTC with milliseconds. */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | null;

/**
 * What a column holds, by the type of the column: BIGINT as bigint, smaller integers, FLOAT and DOUBLE as number,
 * DECIMAL as exact text, BINARY, BLOB and BIT as bytes, DATETIME and TIMESTAMP as ISO 8601 text in UTC with exactly the
 * digits that the column has (`2026-11-22T18:02:59.123456Z`), DATE and TIME as text, JSON as text.
 */
export type SqlResultValue = string | number | bigint | Uint8Array | null;

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, SqlResultValue>>;

/** A value as it travels to the server. */
export type SqlParameter =
  | { readonly type: 'null' }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number };

const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/** @throws DatabaseError `WB_DB_PARAMETER` */
export function bind(value: unknown): SqlParameter {
  switch (typeof value) {
    case 'string':
      // A lone surrogate has no UTF-8: it would arrive as another character.
      if (/\p{Surrogate}/u.test(value)) throw refused(value, 'is no well-formed Unicode text');
      return { type: 'text', value };
    case 'boolean':
      return { type: 'integer', value: value ? 1n : 0n };
    case 'bigint':
      if (value < MIN_INT64 || value > MAX_UINT64) throw refused(value, 'does not fit into 64 bits');
      return { type: 'integer', value };
    case 'number':
      if (Number.isSafeInteger(value)) return { type: 'integer', value: BigInt(value) };
      if (!Number.isFinite(value)) throw refused(value, 'is no number that a database knows');
      if (Number.isInteger(value)) throw refused(value, 'may have lost digits; give it as a bigint');
      return { type: 'double', value };
    case 'object':
      if (value === null) return { type: 'null' };
      if (value instanceof Date) return { type: 'text', value: dateText(value) };
      if (value instanceof Uint8Array) return { type: 'bytes', value };
      throw refused(
        value,
        Array.isArray(value)
          ? 'is an array; for IN (...) use list(values)'
          : 'is an object; give its fields one by one',
      );
    case 'undefined':
      throw refused(value, 'is no value; say null where NULL is meant');
    default:
      throw refused(value, 'is no value for a database');
  }
}

function dateText(date: Date): string {
  const time = date.getTime();
  if (Number.isNaN(time)) throw refused(date, 'is an invalid Date');
  const text = date.toISOString();
  // Years beyond 9999 and before 0 have a sign; DATETIME ends with 9999.
  if (text.length !== 24) throw refused(date, 'lies outside of the years that DATETIME knows');
  return text.slice(0, 23).replace('T', ' ');
}

function refused(value: unknown, why: string): DatabaseError {
  return new DatabaseError({
    code: 'WB_DB_PARAMETER',
    action: 'give a value to an SQL statement',
    observed: `${describeValue(value)} ${why}`,
    advice: 'Give text, a number, a bigint, a boolean, a Date, bytes or null.',
  });
}

/** Short and without the content of texts, which may be secrets. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (value === null || ['undefined', 'number', 'bigint', 'boolean'].includes(typeof value))
    return String(value);
  if (typeof value === 'object')
    return Array.isArray(value) ? 'an array' : Object.prototype.toString.call(value).slice(8, -1);
  return `a ${typeof value}`;
}
