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

  it('describes each as it is', () => {
    expect(rows.map((cells) => cells.slice(1, -1))).toEqual(
      invariants.map(({ id, statement, reads, transience, confidence, knownBugs }) => [
        id,
        statement,
        reads.join(', '),
        transience === 'transient' ? 'may pass' : 'stays',
        [
          confidence,
          ...knownBugs.map(({ bug, fixedBy }) => `known bug ${bug} (fixed by Nova ${fixedBy ?? '?'})`),
        ].join('; '),
      ]),
    );
  });
});
