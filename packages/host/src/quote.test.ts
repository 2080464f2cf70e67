import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteArgv } from './quote.js';

const hostile = [
  '',
  ' ',
  '-n',
  '--',
  "'",
  "''",
  `'"'`,
  '$(touch /tmp/wb-pwned)',
  '`id`',
  '${HOME}',
  '~',
  '~root',
  '=ls',
  '#',
  '!!',
  '*',
  '?',
  '[a-z]*',
  '{a,b}',
  ';reboot',
  '&',
  '|',
  '>x',
  'a\nb',
  '\n',
  '\r\n',
  '\t',
  '\\',
  '\\n',
  "\\'",
  'a=b',
  '%s',
  'é☃\u{1f600}',
  '\u0001\u007f',
];

/** What a shell passes on to a program for this command line. */
function argumentsSeen(shell: string, argv: readonly string[]): string[] {
  const program = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
  const line = quoteArgv([process.execPath, '-e', program, '--', ...argv]);
  return JSON.parse(execFileSync(shell, ['-c', line], { encoding: 'utf8' })) as string[];
}

const shells = ['/bin/sh', '/bin/bash', '/usr/bin/zsh', '/usr/bin/ksh'];

describe('quoteArgv', () => {
  for (const shell of shells) {
    it.skipIf(!existsSync(shell))(`gives a program behind ${shell} exactly the arguments`, () => {
      expect(argumentsSeen(shell, hostile)).toEqual(hostile);
    });
  }

  it('gives a program behind sh exactly the arguments, whatever they are', () => {
    const argument = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '$', '(', ')', '`', '\n', ' ', '*', '~', '!', '-', 'a'),
      }),
    );
    // As many cases in one process as arguments fit, because a process for each would take minutes.
    const many = fc.array(
      argument.map((text) => text.replaceAll('\0', '')),
      { minLength: 50, maxLength: 200 },
    );
    fc.assert(
      fc.property(many, (argv) => {
        expect(argumentsSeen('/bin/sh', argv)).toEqual(argv);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves plain words as they are, so that a command in an error reads well', () => {
    expect(quoteArgv(['systemctl', 'restart', 'nova-compute.service'])).toBe(
      'systemctl restart nova-compute.service',
    );
    expect(quoteArgv(['echo', "it's", ''])).toBe(String.raw`echo 'it'\''s' ''`);
  });

  it('refuses a NUL byte, which would cut the argument off', () => {
    expect(() => quoteArgv(['a\0b'])).toThrow(TypeError);
  });
});
