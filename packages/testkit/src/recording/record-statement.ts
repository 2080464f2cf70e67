import type { StatementRecord } from '@whitebox/db';
import { record } from './current-recorder.js';

/** Keeps a statement for the case that sends it. */
export function recordStatement({ database, text, values, rows, milliseconds }: StatementRecord): void {
  const said = values.length === 0 ? '' : ` -- ${values.join(', ')}`;
  record(() => ({
    kind: 'sql',
    where: database,
    what: `${text.replaceAll(/\s+/g, ' ').trim()}${said}`,
    outcome: rows === undefined ? 'failed' : `${rows} ${rows === 1 ? 'row' : 'rows'}`,
    failed: rows === undefined,
    ms: milliseconds,
  }));
}
