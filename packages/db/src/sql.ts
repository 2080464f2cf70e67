import { DatabaseError } from './errors.js';
import { bind, describeValue, type SqlParameter, type SqlValue } from './sql-value.js';

/**
 * A statement, or a piece of one, whose values are apart from its text. Only the {@link sql} tag makes it, so that no
 * value can ever become text.
 */
export class Sql {
  static readonly #makers = new WeakSet<Sql>();

  /** With `?` for each value. */
  readonly text: string;
  readonly #parameters: readonly SqlParameter[];

  private constructor(text: string, parameters: readonly SqlParameter[]) {
    this.text = text;
    this.#parameters = parameters;
    Sql.#makers.add(this);
    Object.freeze(this);
  }

  /** What is sent to the server for each `?`. */
  get parameters(): readonly SqlParameter[] {
    return this.#parameters;
  }

  /** True for what {@link sql} and its helpers made, and for nothing that merely looks like it. */
  static isSql(value: unknown): value is Sql {
    return typeof value === 'object' && value !== null && Sql.#makers.has(value as Sql);
  }

  /** @internal */
  static make(text: string, parameters: readonly SqlParameter[]): Sql {
    return new Sql(text, parameters);
  }
}

/**
 * A parameterised statement: `` sql`SELECT uuid FROM instances WHERE host = ${host} AND deleted = 0` ``. Interpolated
 * values travel apart from the text; an interpolated {@link Sql} becomes part of the statement with its own values.
 *
 * @throws DatabaseError `WB_DB_PARAMETER` for a value that no column can hold exactly (an array, an object, NaN, ...)
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | Sql)[]): Sql {
  // Called as a function, with a text that was put together before, it would be no safer than any string.
  if (typeof strings === 'string' || !isTemplate(strings)) {
    throw notParameterised('sql() was called as a function with a text');
  }
  let text = strings[0] ?? '';
  const parameters: SqlParameter[] = [];
  values.forEach((value, index) => {
    if (Sql.isSql(value)) {
      text += value.text;
      parameters.push(...value.parameters);
    } else {
      text += '?';
      parameters.push(bind(value));
    }
    text += strings[index + 1] ?? '';
  });
  return Sql.make(text, parameters);
}

function isTemplate(strings: unknown): boolean {
  return Array.isArray(strings) && 'raw' in strings;
}

/** Name of a table, column or database that is not known in advance, quoted: `` sql`SELECT 1 FROM ${identifier(name)}` ``. */
export function identifier(...path: readonly [string, ...string[]]): Sql {
  const quoted = path.map((name) => {
    // The rules of "Schema Object Names" of the server's manual, for quoted names.
    if (name === '' || name.length > 64 || name.includes('\0') || name.endsWith(' ')) {
      throw new DatabaseError({
        code: 'WB_DB_PARAMETER',
        action: 'make an SQL identifier',
        observed: `${describeValue(name)} cannot be the name of a table or column`,
        advice: 'Give a name of 1 to 64 characters.',
      });
    }
    return `\`${name.replaceAll('`', '``')}\``;
  });
  return Sql.make(quoted.join('.'), []);
}

/** Values for `IN (...)`: `` sql`... WHERE uuid IN (${list(uuids)})` ``. An empty list matches nothing. */
export function list(values: Iterable<SqlValue>): Sql {
  const parameters = [...values].map(bind);
  return parameters.length === 0
    ? Sql.make('NULL', [])
    : Sql.make(parameters.map(() => '?').join(', '), parameters);
}

/** Conditions joined by AND; no conditions are true. */
export function all(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return Sql.make('TRUE', []);
  return Sql.make(
    conditions.map(({ text }) => `(${text})`).join(' AND '),
    conditions.flatMap(({ parameters }) => parameters),
  );
}

export function notParameterised(observed: string): DatabaseError {
  return new DatabaseError({
    code: 'WB_DB_NOT_PARAMETERISED',
    action: 'make an SQL statement',
    observed,
    advice: 'Write sql`SELECT ... WHERE uuid = ${uuid}`, without quotes around the value.',
  });
}
