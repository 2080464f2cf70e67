import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigChain, IniDocument, IniError, type ConfigSource } from './index.js';

// What the real oslo.config says, recorded in testdata/golden.json by
//   PYTHONUTF8=1 python3 testdata/oslo-oracle.py --record testdata/golden.json
// and asked afresh, with random files, where a Python with oslo.config is at hand.

interface ParseQuestion {
  readonly parse: string;
}
interface ChainQuestion {
  readonly files: Readonly<Record<string, string>>;
  /** `@` stands for the directory of the files. */
  readonly args: readonly string[];
  readonly ask: readonly (readonly [section: string, key: string, multi: boolean])[];
}
type Question = ParseQuestion | ChainQuestion;
type ParseAnswer =
  | { readonly sections: readonly (readonly [string, readonly (readonly [string, readonly string[]])[]])[] }
  | { readonly error: string; readonly line: number };
type ChainAnswer = readonly (
  { readonly value: string | readonly string[] | null } | { readonly error: string }
)[];

const testdata = new URL('../testdata/', import.meta.url).pathname;
const python = ['python3', '/usr/bin/python3'].find(
  (each) => spawnSync(each, ['-c', 'import oslo_config.cfg']).status === 0,
);

function askOslo(questions: readonly Question[]): unknown[] {
  const run = spawnSync(python ?? '', [`${testdata}oslo-oracle.py`], {
    input: JSON.stringify(questions),
    env: { ...process.env, PYTHONUTF8: '1' },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as unknown[];
}

const codes: Readonly<Record<string, string>> = {
  "No ':' or '=' found in assignment": 'WB_INI_NO_SEPARATOR',
  'Key cannot be empty': 'WB_INI_KEY_EMPTY',
  'Unexpected continuation line': 'WB_INI_STRAY_CONTINUATION',
  'Invalid section (must end with ])': 'WB_INI_SECTION_NOT_CLOSED',
  'Empty section name': 'WB_INI_SECTION_EMPTY',
  'Section must be started before assignment': 'WB_INI_NO_SECTION',
};

function ourParse(text: string): unknown {
  try {
    const document = IniDocument.parse(text);
    return {
      sections: document
        .sections()
        .map((section) => [
          section === 'DEFAULT' ? section : section.toLowerCase(),
          document.options(section).map((key) => [key, document.getAll(section, key)]),
        ]),
    };
  } catch (error) {
    if (!(error instanceof IniError)) throw error;
    // oslo.config notices an option without a section only when the next line begins: its line is not the option's.
    return error.code === 'WB_INI_NO_SECTION'
      ? { error: error.code }
      : { error: error.code, line: error.line };
  }
}

function asOurs(answer: ParseAnswer): unknown {
  if ('sections' in answer) return answer;
  const error = codes[answer.error];
  return error === 'WB_INI_NO_SECTION' ? { error } : { error, line: answer.line };
}

type OurAnswer =
  | { readonly value: string | readonly string[] | null; readonly unresolved: boolean }
  | { readonly error: 'recursion' };

/** The chain that `--config-file` and `--config-dir` arguments make of the files. */
function ourChain({ files, args, ask }: ChainQuestion): OurAnswer[] {
  const sources = args.flatMap((arg, index): ConfigSource[] => {
    const path = (args[index + 1] ?? '').replace('@/', '');
    if (arg === '--config-file') return [{ file: path, text: files[path] ?? '' }];
    if (arg !== '--config-dir') return [];
    const names = Object.keys(files).filter((name) => name.startsWith(`${path}/`) && name.endsWith('.conf'));
    return [{ dir: path, files: names.sort().map((name) => ({ file: name, text: files[name] ?? '' })) }];
  });
  // An option that is registered without a default and set nowhere is written as nothing.
  const registered = new Set(ask.map(([section, key]) => `${section}.${key}`));
  const chain = ConfigChain.of(sources, {
    defaults: (section, key) => (registered.has(`${section}.${key}`) ? '' : undefined),
  });
  return ask.map(([section, key, multi]) => {
    try {
      const found = chain.effective(section, key);
      if (found === undefined) return { value: null, unresolved: false };
      return { value: multi ? found.values : found.value, unresolved: found.unresolved.length > 0 };
    } catch (error) {
      if (error instanceof IniError && error.code === 'WB_INI_REFERENCE_LOOP') return { error: 'recursion' };
      throw error;
    }
  });
}

function expectSame(question: Question, answer: unknown): void {
  if ('parse' in question) {
    expect(ourParse(question.parse), JSON.stringify(question)).toEqual(asOurs(answer as ParseAnswer));
    return;
  }
  const ours = ourChain(question);
  for (const [index, theirs] of (answer as ChainAnswer).entries()) {
    const because = JSON.stringify([question, index, ours[index], theirs]);
    if ('error' in theirs) expect(reportsTrouble(ours[index]!), because).toBe(true);
    else expect(ours[index], because).toMatchObject(theirs);
  }
}

/**
 * oslo.config cannot read a value that refers to an option nobody registered, nor values that go in a circle. Here the
 * first is told as unresolved, and both leave the reference in the values of a repeated option.
 */
function reportsTrouble(ours: OurAnswer): boolean {
  return 'error' in ours || ours.unresolved || (ours.value?.toString() ?? '').includes('$');
}

const piece = fc.constantFrom(
  ...['a', 'k', '=', ':', ' ', '\t', '[', ']', '#', ';', '"', "'", '\\', '\v', '\f', '\x1c', '\x1f', '\x85'],
  ...[
    '\xa0',
    '\ufeff',
    '\0',
    '\u2028',
    '\u3000',
    '\u200b',
    'ü',
    '\u{1f600}',
    '\n',
    '\r',
    '\r\n',
    '[s]',
    'k = ',
  ],
);
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('[s]', '[S]', '[t]', '# c', '', ' '),
      fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 4 }).map((pieces) => `k = ${pieces.join('')}`),
    ),
    { maxLength: 8 },
  )
  .map((lines) => `[DEFAULT]\n${lines.join('\n')}`);
const registered = ['$a/', '$b-', '${a}', '${s.a}', '$s.a/', '${s.b}'];
const unregistered = ['$zz', '${s.zz}', '${no.a}', '$a.', '$ſ', '${DEFAULT.b}'];
const value = (references: readonly string[]) =>
  fc
    .array(
      fc.constantFrom(
        ...[
          ...references,
          ...references,
          '$',
          '$$',
          '\\$',
          '{',
          '}',
          '$1',
          '/x',
          ' ',
          '\n  more',
          '${',
          '${a',
        ],
      ),
      { maxLength: 4 },
    )
    .map((pieces) => pieces.join(''));
const chainFile = (references: readonly string[]) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom('[DEFAULT]', '[s]', '[S]'),
        fc
          .tuple(fc.constantFrom('a', 'b', 'c'), value(references))
          .map(([key, written]) => `${key} = ${written}`),
      ),
      { maxLength: 7 },
    )
    .map((lines) => ['[DEFAULT]', ...lines].join('\n'));
const chainQuestion = (references: readonly string[]) => {
  const file = chainFile(references);
  return fc
    .record({ 'one.conf': file, 'd/b.conf': file, 'd/a.conf': file, 'two.conf': file })
    .map((files): ChainQuestion => ({
      files,
      args: ['--config-file', '@/one.conf', '--config-dir', '@/d', '--config-file', '@/two.conf'],
      ask: [
        ...['a', 'b'].flatMap((key) => [['DEFAULT', key, false] as const, ['s', key, false] as const]),
        ...['DEFAULT', 's'].map((section) => [section, 'c', true] as const),
      ],
    }));
};

describe('the same as oslo.config', () => {
  it('in every recorded case', () => {
    const golden = JSON.parse(readFileSync(`${testdata}golden.json`, 'utf8')) as {
      cases: { question: Question; answer: unknown }[];
    };
    expect(golden.cases.length).toBeGreaterThan(300);
    for (const { question, answer } of golden.cases) expectSame(question, answer);
  });

  it.skipIf(python === undefined)('for random files (needs a Python with oslo.config)', () => {
    const seed = Date.now() & 0x7fffffff;
    const questions = fc.sample(text, { numRuns: 1500, seed }).map((parse): Question => ({ parse }));
    for (const [index, answer] of askOslo(questions).entries()) expectSame(questions[index]!, answer);
  });

  it.skipIf(python === undefined)('for random chains (needs a Python with oslo.config)', () => {
    const seed = Date.now() & 0x7fffffff;
    const questions = fc.sample(chainQuestion(registered), { numRuns: 300, seed });
    for (const [index, answer] of askOslo(questions).entries()) expectSame(questions[index]!, answer);
  });

  it.skipIf(python === undefined)('about references to nothing (needs a Python with oslo.config)', () => {
    const questions = fc.sample(chainQuestion(unregistered), 200);
    const troubles = askOslo(questions).flatMap((answer, at) => {
      const ours = ourChain(questions[at]!);
      return (answer as ChainAnswer).flatMap((theirs, index) =>
        'error' in theirs ? [[reportsTrouble(ours[index]!), JSON.stringify([questions[at], index])]] : [],
      );
    });
    expect(troubles.length).toBeGreaterThan(50);
    expect(troubles.filter(([reported]) => reported !== true)).toEqual([]);
  });

  it.skipIf(python === undefined)('about what is written (needs a Python with oslo.config)', () => {
    const wanted = fc.sample(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), 500);
    const written = wanted.flatMap((lines) => {
      const document = IniDocument.parse('[s]\na = 1\n    2\nb = 3\n');
      try {
        document.set('s', 'a', lines.join('\n'));
        return [{ value: lines.join('\n'), text: document.toString() }];
      } catch (error) {
        if (error instanceof IniError && error.code === 'WB_INI_BAD_VALUE') return [];
        throw error;
      }
    });
    expect(written.length).toBeGreaterThan(100);
    const answers = askOslo(written.map((each) => ({ parse: each.text })));
    expect(answers).toEqual(
      written.map((each) => ({
        sections: [
          [
            's',
            [
              ['a', [each.value]],
              ['b', ['3']],
            ],
          ],
        ],
      })),
    );
  });
});
