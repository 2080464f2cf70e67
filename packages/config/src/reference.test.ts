import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { groupEntries } from './groups.js';
import { configurationReference } from './index.js';

it('is what docs/configuration.md says (npm run docs -w packages/config)', () => {
  const committed = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  expect(configurationReference()).toBe(committed);
});

it('has every option', () => {
  const text = configurationReference();
  for (const [group, { options }] of groupEntries) {
    for (const key of Object.keys(options)) expect(text).toContain(`| \`${key}\` |`);
    if (Object.keys(options).length > 0) expect(text).toContain(`## [${group}]`);
  }
});
