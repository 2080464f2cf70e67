import { describe, expect, it } from 'vitest';
import { installIsDue } from '../bootstrap.js';
import { firstProgram, needsCloud } from './readme.js';
import { closure, declaredSiblings, publishedPackages } from './repository.js';

describe('closure', () => {
  it('follows siblings of siblings, once each', () => {
    /** @type {Record<string, string[]>} */
    const table = { a: ['b', 'c'], b: ['c'], c: ['d'], d: [], e: [] };
    expect(closure('a', (name) => table[name] ?? [])).toEqual(['b', 'c', 'd']);
    expect(closure('e', (name) => table[name] ?? [])).toEqual([]);
  });
});

it('the packages are found, with the siblings that they declare', () => {
  const ssh = publishedPackages().find(({ short }) => short === 'ssh');
  expect(ssh && declaredSiblings(ssh.manifest)).toEqual(['core', 'host']);
});

describe('installIsDue', () => {
  const wanted = {
    packages: {
      '': {},
      'packages/x': { version: '0.1.0' },
      'node_modules/@whitebox/x': { link: true },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/for-another-platform': { version: '1.0.0', optional: true },
    },
  };
  const there = { 'node_modules/@whitebox/x': { link: true }, 'node_modules/a': { version: '1.0.0' } };

  it.each([
    ['nothing is installed', undefined, true],
    ['all is installed that fits this platform', { packages: there }, false],
    ['a package is missing', { packages: { 'node_modules/@whitebox/x': { link: true } } }, true],
    [
      'a package has another version',
      { packages: { ...there, 'node_modules/a': { version: '0.9.0' } } },
      true,
    ],
  ])('when %s', (_, installed, due) => {
    expect(installIsDue(wanted, installed)).toBe(due);
  });
});

describe("a README's program", () => {
  it('is the first ts block', () => {
    const text = '# x\n```sh\nnpm i\n```\n```ts\nconst a = 1;\n\nlog(a);\n```\n```ts\nsecond\n```\n';
    expect(firstProgram(text)).toBe('const a = 1;\n\nlog(a);\n');
    expect(firstProgram('no program')).toBeUndefined();
  });

  it.each([
    ["await SshHost.connect('controller')", true],
    ["process.env['OS_CLOUD']", true],
    ["IniDocument.parse('[DEFAULT]\\ndebug = true\\n')", false],
  ])('%s: needs a cloud: %s', (program, expected) => {
    expect(needsCloud(program)).toBe(expected);
  });
});
