import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groupEntries } from './groups.js';

// Names, types and defaults of whitebox_tempest_plugin/config.py, as its own code registers them.
interface PredecessorOption {
  readonly group: string;
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly deprecated?: readonly string[];
  readonly choices?: readonly string[];
}

const theirs = JSON.parse(
  readFileSync(new URL('../testdata/predecessor-options.json', import.meta.url), 'utf8'),
) as PredecessorOption[];

const typeNames: Readonly<Record<string, RegExp>> = {
  String: /^(text|secret text|PCI id .*)$/,
  Boolean: /^true or false$/,
  Integer: /^whole number/,
  'List of String': /^list of: text$/,
  'List of Integer': /^list of: whole number/,
  'Dict of String': /^name:value pairs of: text$/,
  'Dict of List of Integer': /^name:value pairs of: \[list of: whole number.*\]$/,
};

describe('the options of the predecessor', () => {
  it('are 73', () => {
    expect(theirs).toHaveLength(73);
  });

  it.each(theirs)('[$group] $name', (their) => {
    const option = groupEntries.find(([name]) => name === their.group)?.[1].options[their.name];
    expect(option).toBeDefined();
    if (their.choices === undefined) expect(option?.type.name).toMatch(typeNames[their.type]!);
    else expect(option?.type.name).toBe(`one of ${their.choices.join(', ')}`);
    expect(option?.older.map(({ key }) => key)).toEqual(
      expect.arrayContaining([...(their.deprecated ?? [])]),
    );
    // 3306 is the port of the database, where no SSH server listens.
    const expected = their.name === 'ssh_gateway_port' ? 22 : their.default;
    expect(option?.default ?? option?.fallback ?? null).toEqual(expected);
  });
});
