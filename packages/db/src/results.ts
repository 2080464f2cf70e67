import type { StatementResult } from './connection.js';
import { DatabaseError } from './errors.js';
import type { Row, SqlResultValue } from './sql-value.js';

/** How many rows a change matched, and the number that the server gave to a new row (0 where it gave none). */
export interface Change {
  /** Rows that matched, also those that had the new values already. */
  readonly matchedRows: number;
  readonly insertId: bigint;
}

export function toRows({ columns, rows }: StatementResult, label: string): readonly Row[] {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new DatabaseError({
      code: 'WB_DB_DUPLICATE_COLUMN',
      action: label,
      observed: `two columns of the result are named ${twice}`,
      advice: `Name one of them: SELECT a.${twice} AS a_${twice}, b.${twice} AS b_${twice}.`,
    });
  }
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, row[index] as SqlResultValue])),
  );
}

export function toChange({ affectedRows, insertId }: StatementResult): Change {
  return { matchedRows: affectedRows, insertId };
}

export function closed(name: string): DatabaseError {
  return new DatabaseError({
    code: 'WB_DB_CLOSED',
    action: `use ${name}`,
    observed: 'it has been closed',
    advice: 'Await everything before the end of its scope; see whether an `await` is missing.',
  });
}
