import { describe, expect, it } from 'vitest';
import { parsePlain, stringifyPlain } from './index.js';

describe('a plain INI file', () => {
  it('is read with comments behind values, quotes, lists and names alone', () => {
    const text = [
      'top = 1',
      '[client]',
      'user = root # not nova',
      'password = "a#b;c"',
      '[mysqld]',
      'skip-name-resolve',
      'plugin[] = a',
      'plugin[] = b',
      '[a.b]',
      'x = true',
    ].join('\n');
    expect([...parsePlain(text)].map(([name, options]) => [name, Object.fromEntries(options)])).toEqual([
      ['', { top: '1' }],
      ['client', { user: 'root', password: 'a#b;c' }],
      ['mysqld', { 'skip-name-resolve': 'true', plugin: ['a', 'b'] }],
      ['a.b', { x: 'true' }],
    ]);
  });

  it('reads back what it wrote', () => {
    const sections = new Map([
      ['', new Map([['top', '1']])],
      [
        'client',
        new Map<string, string | string[]>([
          ['password', 'a#b;c = "d"'],
          ['plugin', ['a', 'b']],
        ]),
      ],
      ['a.b', new Map([['x', 'y']])],
    ]);
    expect(parsePlain(stringifyPlain(sections))).toEqual(sections);
  });
});
