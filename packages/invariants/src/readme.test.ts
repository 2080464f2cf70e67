import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invariants } from './catalogue.js';

const rows = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, id]) => /^I\d+$/.test(id ?? ''));

describe('the table of the README', () => {
  it('has I1 to I46, in order', () => {
    expect(rows.map(([, id]) => id)).toEqual(Array.from({ length: 46 }, (_, index) => `I${index + 1}`));
  });

  it('has those as checked that are, by their sentences, and says of the others why not', () => {
    const checked = rows.filter(([, , , how]) => how?.startsWith('yes') === true);
    expect(checked.map(([, id, statement]) => [id, statement])).toEqual(
      invariants.map(({ id, statement }) => [id, statement]),
    );
    for (const [, id, , how] of rows) expect(`${id ?? ''} ${how ?? ''}`).toMatch(/^I\d+ (yes|not yet): ./);
  });
});
