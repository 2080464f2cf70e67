import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IniDocument, IniError } from './index.js';

// Pieces that the grammar looks at, and a few that it must not look at.
const piece = fc.constantFrom(
  ...['a', 'b', 'key', 'Sec', '=', ':', ' ', '\t', '[', ']', '#', ';', '"', "'", '$', '\\', '{"j": 1}'],
  ...['\u0085', '\u00a0', '\ufeff', '\0', '\v', '\u2028', 'ü', '\ud83d\ude00', '\ud83d', '', 'x=1', '[s]'],
);
const content = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const ending = fc.constantFrom('\n', '\n', '\r\n', '\r');
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('[s]', '[S]', '[t.u]', '[DEFAULT]') },
  { weight: 5, arbitrary: content.map((value) => `a = ${value}`) },
  { weight: 3, arbitrary: content.map((value) => `b:${value}`) },
  { weight: 3, arbitrary: content.map((value) => `# ${value}`) },
  { weight: 3, arbitrary: fc.constantFrom('', '  ', '\t') },
  { weight: 4, arbitrary: content.map((value) => `  c${value}`) },
  { weight: 1, arbitrary: content },
);
const anyText = fc
  .tuple(fc.array(fc.tuple(line, ending)), fc.option(line, { nil: '' }))
  .map(([lines, last]) => lines.map((parts) => parts.join('')).join('') + last);

/** Texts that oslo.config accepts: the lines that it refuses are left out. */
const acceptedText = anyText.map((text) => {
  const kept = `[s]\n${text}`;
  const refused = new Set(
    IniDocument.parse(kept, { tolerant: true }).problems.map((problem) => problem.line),
  );
  const lines = kept.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  return lines.filter((_line, index) => !refused.has(index + 1)).join('');
});

const writableValue = fc
  .tuple(
    content,
    fc.array(
      content.filter((text) => /\S/.test(text)).map((text) => `v${text}v`),
      { maxLength: 2 },
    ),
  )
  .map(([first, rest]) => [first, ...rest].join('\n'));
const section = fc.constantFrom('s', 'S', 't.u', 'DEFAULT', 'new', 'odd ]name');
const key = fc.constantFrom('a', 'b', 'new', 'odd key');

/** The text without the lines of one option. */
function withoutOption(text: string, inSection: string, ofKey: string): string {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const own = IniDocument.parse(text).occurrences(inSection, ofKey);
  return lines
    .filter((_line, index) => !own.some((place) => index + 1 >= place.line && index + 1 <= place.lastLine))
    .join('');
}

const runs = { numRuns: 2000 };

describe('a document', () => {
  it('gives any bytes back unchanged, also those that oslo.config refuses', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      anyText.map((text) => Buffer.from(text)),
      fc
        .constantFrom('\ufeff', '[s]\n', 'a = 1\r\n', '  b\r', '\u{1f600}', '\0')
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }).map((parts) => Buffer.concat(parts)),
        (bytes) => {
          const document = IniDocument.parse(bytes, { tolerant: true });
          expect(Buffer.compare(document.toBytes(), bytes)).toBe(0);
        },
      ),
      runs,
    );
  });

  it('gives any text back unchanged, or refuses it with line and column', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), (text) => {
        expect(IniDocument.parse(text, { tolerant: true }).toString()).toBe(text);
        try {
          expect(IniDocument.parse(text).toString()).toBe(text);
        } catch (error) {
          if (!(error instanceof IniError)) throw error;
          expect(error.line).toBeGreaterThan(0);
          expect(error.column).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });

  it('returns what was set, also after it was written and read again', () => {
    fc.assert(
      fc.property(
        acceptedText,
        section,
        key,
        fc.array(writableValue, { maxLength: 4 }),
        (text, inSection, ofKey, values) => {
          const document = IniDocument.parse(text);
          document.set(inSection, ofKey, values);
          expect(document.getAll(inSection, ofKey)).toEqual(values);
          expect(IniDocument.parse(document.toString()).getAll(inSection, ofKey)).toEqual(values);
        },
      ),
      runs,
    );
  });

  it('changes no byte outside of the lines of the option that is set, added or removed', () => {
    fc.assert(
      fc.property(
        acceptedText.filter((text) => /[\r\n]$/.test(text)),
        fc.constantFrom('s', 'S', 't.u', 'DEFAULT'),
        key,
        fc.array(writableValue, { maxLength: 4 }),
        (text, inSection, ofKey, values) => {
          fc.pre(IniDocument.parse(text).options(inSection).length > 0);
          const rest = withoutOption(text, inSection, ofKey);
          const document = IniDocument.parse(text);
          document.set(inSection, ofKey, values);
          expect(withoutOption(document.toString(), inSection, ofKey)).toBe(rest);
          document.add(inSection, ofKey, 'one more');
          expect(withoutOption(document.toString(), inSection, ofKey)).toBe(rest);
          document.remove(inSection, ofKey);
          expect(document.toString()).toBe(rest);
        },
      ),
      runs,
    );
  });

  it('leaves the text as it is when the values are already so', () => {
    fc.assert(
      fc.property(acceptedText, section, key, (text, inSection, ofKey) => {
        const document = IniDocument.parse(text);
        document.set(inSection, ofKey, document.getAll(inSection, ofKey));
        expect(document.toString()).toBe(text);
      }),
      runs,
    );
  });

  it('keeps every other option when a section is added at the end', () => {
    fc.assert(
      fc.property(acceptedText, writableValue, (text, value) => {
        const document = IniDocument.parse(text);
        document.add('brand new', 'x', value);
        expect(document.toString().startsWith(text)).toBe(true);
        expect(document.get('brand new', 'x')).toBe(value);
      }),
      runs,
    );
  });
});
