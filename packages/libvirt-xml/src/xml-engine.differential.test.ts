import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xmlEngine } from './engine-choice.js';
import { XmlError } from './errors.js';
import { XmlDocument } from './xml-document.js';
import type { XmlEngine } from './xml-engine.js';

// Two libraries of different ages read the same texts: whole ones, damaged ones and ones put together at random. They
// must give the same records or both refuse, and the record of the root, which is read from what the library writes
// out, must be the one that is made by walking over its nodes. Where libxmljs2 cannot be loaded both are libxml2-wasm.

const domain = readFileSync(new URL('../testdata/devices.xml', import.meta.url), 'utf8');

const piece = fc.constantFrom(
  ...[
    '<a>',
    '</a>',
    '<b',
    ' c="1"',
    " c='&lt;'",
    '>',
    '/>',
    '<n:x xmlns:n="urn:n">',
    '</n:x>',
    'text',
    ' ',
    '\n',
  ],
  ...[
    ' xmlns="urn:d"',
    ' xmlns=""',
    ' xmlns:n="urn:m&#65;"',
    ' xmlns:m="urn:n"',
    ' xmlns:n="a&amp;b"',
    ' xmlns:n="a&quot;b"',
    ' xmlns="a&lt;b"',
    ' n:c="2"',
    ' m:c="&#10;&#9;&#xD;&quot;\'&#x1F600;"',
    ' xml:lang="en"',
    '<n:y/>',
    '<m:y n:c=""/>',
  ],
  ...[
    '&amp;',
    '&#65;',
    '&#0;',
    '&x;',
    '<!-- c -->',
    '<!---->',
    '<!-->-->',
    '<!--<d>-->',
    '&#13;',
    '&#160;',
    '<?p i?>',
    '<![CDATA[',
    ']]>',
    '<![CDATA[x]]>',
    '\u0001',
    '"',
  ],
  ...[
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="latin1"?>',
    '\u00e9',
    '\u{1f600}',
    '\uFEFF',
    '\ufffe',
  ],
);

const damaged = fc
  .tuple(fc.nat({ max: domain.length }), fc.nat({ max: 40 }), piece)
  .map(([at, length, instead]) => domain.slice(0, at) + instead + domain.slice(at + length));

const random = fc.array(piece, { maxLength: 12 }).map((pieces) => `<a>${pieces.join('')}</a>`);

const attribute = fc.tuple(
  fc.constantFrom('a', 'b', 'n:a', 'n:b', 'm:a', 'xml:lang', 'xmlns', 'xmlns:m', 'xmlns:o', '__proto__'),
  fc.constantFrom(
    '',
    '1',
    'urn:n',
    'urn:o',
    "&lt;&gt;&amp;&quot;'",
    '&#10;&#9;&#13;&#x1F600;',
    ' \n\t\u00e9 ',
  ),
);

const { element: wellFormed } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom('a', 'b', 'n:a', 'm:a', '__proto__', '\u00e9'),
      fc.uniqueArray(attribute, { maxLength: 4, selector: ([name]) => name }),
      fc.array(tie('content'), { maxLength: 5 }),
    )
    .map(([name, attributes, content]) => {
      const written = attributes.map(([key, value]) => ` ${key}="${value}"`).join('');
      return content.length === 0
        ? `<${name}${written}/>`
        : `<${name}${written}>${content.join('')}</${name}>`;
    }),
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...['x', ' ', '\n  ', '&#13;', '\r\n', '&#160;', '&lt;', ']]&gt;', '"\'', '\u{1f600}']),
    fc.constantFrom(...['<!-- c -->', '<!---->', '<!-->-->', '<!--<a>-->', '<?p?>', '<?p <a> "?>']),
    fc.constantFrom(
      ...['<![CDATA[]]>', '<![CDATA[ ]]>', '<![CDATA[<a>&lt;]]>', '<![CDATA[]]]]><![CDATA[>]]>'],
    ),
    tie('element'),
  ),
}));

const document = wellFormed.map((root) => `<r xmlns:n="urn:n" xmlns:m="urn:m">${root}</r><!-- end -->\n`);

function outcome(engine: XmlEngine, text: string): unknown {
  try {
    const document = XmlDocument.parse(text, { engine });
    expect(document.find('/*')).toStrictEqual([document.root]);
    return { root: document.root, names: document.find('//@*|//text()') };
  } catch (error) {
    if (error instanceof XmlError && !error.observed.includes('wrote it out')) return error.code;
    throw error;
  }
}

describe('both XML engines', () => {
  it.each([
    ['damaged domains', damaged],
    ['random texts', random],
    ['well-formed documents', document],
    ['any text', fc.string({ unit: 'binary' })],
  ])('agree about %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(outcome(xmlEngine(), text)).toEqual(outcome(xmlEngine('libxml2-wasm'), text));
      }),
      { numRuns: 500 },
    );
  });
});
