import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';

it('the README has a row for each file with cases, and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `([\w-]+)` /gm)].map(([, file]) => file);
  const files = readdirSync(join(import.meta.dirname, 'cases')).filter((file) => file.endsWith('.ts'));
  expect(rows.sort()).toEqual(files.map((file) => basename(file, '.ts')).sort());
});
