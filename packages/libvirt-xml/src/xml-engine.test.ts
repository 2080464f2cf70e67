import { describe, expect, it } from 'vitest';
import { xmlEngine, type XmlEngineName } from './engine-choice.js';
import { XmlError } from './errors.js';
import { loadLibxmljs2 } from './libxmljs2-engine.js';
import { XmlDocument } from './xml-document.js';
import type { XmlEngine } from './xml-engine.js';

// What an engine has to do, over both of them. The texts that must be refused are given to XmlDocument, where people
// give them; what an engine has to refuse by itself is given to the engine.

/** Only the native engine may be missing, where it could not be compiled; whatever else is wrong fails these tests. */
function tryEngine(name: XmlEngineName): { engine: XmlEngine } | { why: string } {
  try {
    return { engine: xmlEngine(name) };
  } catch (error) {
    if (name === 'libxmljs2' && error instanceof XmlError && error.code === 'WB_XML_NO_ENGINE')
      return { why: error.observed };
    throw error;
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof XmlError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

const DOMAIN = `<domain type='kvm' xmlns:n="urn:n"><name>a &lt; b</name><!-- c --><vcpu cpuset='1-4'>2</vcpu>
  <n:x n:y='1' y="2"><![CDATA[<raw>]]></n:x><?pi text?><note>caf\u00e9 \u{1f600}</note></domain>`;

for (const name of ['libxmljs2', 'libxml2-wasm'] as const) {
  const loaded = tryEngine(name);
  if ('why' in loaded) {
    describe(`XML engine ${name}`, () => {
      const what = `cannot be loaded on Node ${process.version}: ${loaded.why}`;
      // Only the native one may not be built; npm test builds it first, in a stage that says and counts why it could not.
      if (name === 'libxmljs2') it.skip(what, () => undefined);
      else it('is loaded', () => expect.fail(what));
    });
    continue;
  }
  const { engine } = loaded;
  const parse = (xml: string | Uint8Array): XmlDocument => XmlDocument.parse(xml, { engine });

  describe(`XML engine ${name}`, () => {
    it('gives the document as plain records', () => {
      const element = { kind: 'element', namespace: '', attributes: {}, children: [], text: '' };
      expect(parse(DOMAIN).root).toStrictEqual({
        ...element,
        name: 'domain',
        attributes: { type: 'kvm' },
        children: [
          { ...element, name: 'name', text: 'a < b' },
          { ...element, name: 'vcpu', attributes: { cpuset: '1-4' }, text: '2' },
          {
            ...element,
            name: 'x',
            namespace: 'urn:n',
            attributes: { '{urn:n}y': '1', y: '2' },
            text: '<raw>',
          },
          { ...element, name: 'note', text: 'caf\u00e9 \u{1f600}' },
        ],
      });
    });

    it('puts text and elements where they belong when they are mixed', () => {
      const { root } = parse('<a>1<b>2<c/>3</b>4<b at="5"/>6</a>');
      expect(root.text).toBe('146');
      expect(root.children.map(({ text, attributes }) => [text, attributes])).toEqual([
        ['23', {}],
        ['', { at: '5' }],
      ]);
    });

    it('takes character data for one piece from tag to tag, whatever stands in between', () => {
      const { root } = parse('<a>1<!-- c --> <?p?><![CDATA[ ]]>2<b/> <!-- c --> </a>');
      expect(root.text).toBe('1  2');
    });

    it('knows the namespace of each name by where it is declared', () => {
      const xml =
        '<a xmlns="u" xmlns:n="v" c="1" n:d="2" xml:lang="en"><b xmlns=""/><n:b xmlns:n="w"/><n:b/></a>';
      const { root } = parse(xml);
      expect([root, ...root.children].map(({ name, namespace }) => `{${namespace}}${name}`)).toEqual([
        '{u}a',
        '{}b',
        '{w}b',
        '{v}b',
      ]);
      const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
      expect(root.attributes).toEqual({ c: '1', '{v}d': '2', [`{${xmlNamespace}}lang`]: 'en' });
    });

    it('leaves out text that is white space only', () => {
      expect(parse('<a>\n  <b> x </b>\n</a>').root).toMatchObject({ text: '', children: [{ text: ' x ' }] });
    });

    it('keeps an attribute with any name', () => {
      const { attributes } = parse('<a __proto__="1" constructor="2"/>').root;
      expect(Object.entries(attributes)).toEqual([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]);
    });

    it('does not look up the encoding that the declaration names: the text is decoded already', () => {
      for (const encoding of ['ISO-8859-1', 'UTF-16', 'latin1', 'no such encoding']) {
        const xml = `<?xml version="1.0" encoding="${encoding}" standalone='yes'?><a>caf\u00e9</a>`;
        expect(parse(xml).root.text).toBe('caf\u00e9');
        expect(engine.parse('<?xml version="1.0" encoding="UTF-16"?><a/>').root().name).toBe('a');
      }
    });

    it('takes bytes in UTF-8, with a byte order mark or without', () => {
      expect(parse(new TextEncoder().encode(DOMAIN)).root).toEqual(parse(DOMAIN).root);
      expect(parse(new TextEncoder().encode(`\uFEFF${DOMAIN}`)).root).toEqual(parse(DOMAIN).root);
      expect(parse(`\uFEFF${DOMAIN}`).root).toEqual(parse(DOMAIN).root);
    });

    it('finds elements, attributes and text by XPath', () => {
      const document = parse(DOMAIN);
      expect(document.find('vcpu')).toMatchObject([{ kind: 'element', name: 'vcpu', text: '2' }]);
      expect(document.find('vcpu/@cpuset')).toEqual([
        { kind: 'attribute', name: 'cpuset', namespace: '', value: '1-4' },
      ]);
      expect(document.find('/domain/*[self::name or self::n:x]/text()', { n: 'urn:n' })).toEqual([
        { kind: 'text', value: 'a < b' },
        { kind: 'text', value: '<raw>' },
      ]);
      expect(document.find('q:x/@q:y', { q: 'urn:n' })).toEqual([
        { kind: 'attribute', name: 'y', namespace: 'urn:n', value: '1' },
      ]);
    });

    it('gives the same record for an element whether it is found or read with the whole', () => {
      const document = parse(DOMAIN);
      expect(document.find('/domain')).toEqual([document.root]);
      expect(document.find('*')).toEqual(document.root.children);
    });

    it('finds nothing where nothing matches', () => {
      expect(parse(DOMAIN).find('devices/disk')).toEqual([]);
    });

    it('evaluates expressions that give a string, a number or a boolean', () => {
      const document = parse(DOMAIN);
      expect(document.evaluate('count(*)')).toBe(4);
      expect(document.evaluate('string(vcpu/@cpuset)')).toBe('1-4');
      expect(document.evaluate('string(nothing)')).toBe('');
      expect(document.evaluate('vcpu > 1')).toBe(true);
    });

    it.each([
      '//[',
      '',
      'unknown:x',
      'unknown()',
      '((',
      '$variable',
      '@',
      'a b',
      "'open",
      '/',
      '//comment()',
    ])('says that the XPath %j is wrong instead of finding nothing', (xpath) => {
      expect(codeOf(() => parse(DOMAIN).find(xpath))).toBe('WB_XML_XPATH');
      expect(codeOf(() => parse(DOMAIN).evaluate(xpath))).toBe('WB_XML_XPATH');
    });

    it.each(['count(*)', 'true()', "'text'"])(
      'does not take %j for an expression that finds nodes',
      (xpath) => {
        expect(codeOf(() => parse(DOMAIN).find(xpath))).toBe('WB_XML_XPATH');
      },
    );

    it('refuses an XPath that could crash an engine', () => {
      const document = parse(DOMAIN);
      expect(codeOf(() => document.find('//namespace::*'))).toBe('WB_XML_XPATH');
      expect(codeOf(() => document.find('//namespace ::*'))).toBe('WB_XML_XPATH');
      expect(codeOf(() => document.find(`${'('.repeat(2000)}1${')'.repeat(2000)}`))).toBe('WB_XML_XPATH');
      expect(codeOf(() => document.find('('.repeat(1_000_000)))).toBe('WB_XML_XPATH');
      expect(codeOf(() => document.find('*\0[1]'))).toBe('WB_XML_XPATH');
    });

    it('can be asked again after an error', () => {
      const document = parse(DOMAIN);
      expect(codeOf(() => document.find('//['))).toBe('WB_XML_XPATH');
      expect(document.find('vcpu')).toHaveLength(1);
      expect(codeOf(() => parse('<a>'))).toBe('WB_XML_SYNTAX');
      expect(parse('<a/>').root.name).toBe('a');
    });

    it.each([
      ['nothing', ''],
      ['white space', '  \n'],
      ['no XML', 'error: failed to get domain'],
      ['an open element', '<a>'],
      ['crossed elements', '<a><b></a></b>'],
      ['two roots', '<a/><b/>'],
      ['text after the root', '<a/>x'],
      ['a NUL', '<a>\0</a>'],
      ['a NUL after the end', '<a/>\0'],
      ['a control character', '<a>\u0001</a>'],
      ['a numeric reference to a control character', '<a>&#1;</a>'],
      ['an unknown entity', '<a>&secret;</a>'],
      ['the same attribute twice', '<a b="1" b="2"/>'],
      ['an unknown prefix', '<n:a/>'],
      ['a namespace whose URI is none', '<n:a xmlns:n="u&amp;v"/>'],
      ['an XML declaration without end', '<?xml version="1.0" encoding="UTF-8"><a/>'],
      ['a bare ampersand', '<a>&</a>'],
      ['a < in an attribute', '<a b="<"/>'],
      ['a truncated domain', DOMAIN.slice(0, 100)],
    ])('refuses %s', (_, xml) => {
      expect(codeOf(() => parse(xml))).toBe('WB_XML_SYNTAX');
    });

    it.each([
      ['a DOCTYPE', '<!DOCTYPE a><a/>'],
      ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
      ['an external DTD', '<!DOCTYPE a PUBLIC "x" "http://127.0.0.1/x.dtd"><a/>'],
      ['a parameter entity', '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>'],
      ['a billion laughs', billionLaughs()],
      [
        'a DOCTYPE that a comment seems to hide',
        '<?x <!-- ?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a><!-- -->',
      ],
      ['a DOCTYPE in lower case', '<!doctype a><a/>'],
      ['an entity declaration without DOCTYPE', '<a><!ENTITY x "y"></a>'],
    ])('refuses %s', (_, xml) => {
      expect(codeOf(() => parse(xml))).toBe('WB_XML_REFUSED');
    });

    it('refuses a document type by itself too', () => {
      expect(codeOf(() => engine.parse('<!DOCTYPE a [<!ELEMENT a ANY>]><a/>'))).toBe('WB_XML_REFUSED');
    });

    it('refuses bytes that are not UTF-8 and texts with half a surrogate pair', () => {
      expect(codeOf(() => parse(Buffer.from('<a>caf\u00e9</a>', 'latin1')))).toBe('WB_XML_ENCODING');
      expect(codeOf(() => parse(Buffer.from('<a/>', 'utf16le')))).toBe('WB_XML_SYNTAX');
      expect(codeOf(() => parse('<a>\ud800</a>'))).toBe('WB_XML_ENCODING');
    });

    it('refuses 100 MB without parsing them', () => {
      expect(codeOf(() => parse(`<a>${'x'.repeat(100 * 1024 * 1024)}</a>`))).toBe('WB_XML_TOO_LARGE');
      expect(codeOf(() => parse(Buffer.alloc(100 * 1024 * 1024, 'x')))).toBe('WB_XML_TOO_LARGE');
    });

    it('refuses what is small enough but would take long or fill the memory', () => {
      const attributes = Array.from({ length: 400_000 }, (_, index) => `a${index}=">"`).join(' ');
      expect(codeOf(() => parse(`<a ${attributes}/>`))).toBe('WB_XML_TOO_LARGE');
      expect(codeOf(() => parse(`<a>${'<b/>'.repeat(1_000_000)}</a>`))).toBe('WB_XML_TOO_LARGE');
    });

    it.each([
      ['blanks', ' '.repeat(4_000_000)],
      ['encodings', ' encoding'.repeat(500_000)],
    ])('refuses an XML declaration with millions of %s at once', (_, filler) => {
      expect(codeOf(() => parse(`<?xml version="1.0"${filler}?><a/>`))).toBe('WB_XML_SYNTAX');
      expect(codeOf(() => parse(`<?xml version="1.0"${filler}`))).toBe('WB_XML_SYNTAX');
    });

    it('reads thousands of declarations of namespaces on each level', () => {
      const declarations = Array.from({ length: 500 }, (_, index) => ` xmlns:n${index}="u"`).join('');
      const text = `${`<n0:a${declarations}>`.repeat(200)}${'</n0:a>'.repeat(200)}`;
      expect(parse(text).root.children[0]?.namespace).toBe('u');
    });

    it('does not follow an XInclude', () => {
      const include =
        '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>';
      expect(parse(`<a>${include}</a>`).root).toMatchObject({
        text: '',
        children: [{ name: 'include', text: '' }],
      });
    });

    it('refuses deep nesting at the same depth', () => {
      const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
      expect(parse(nested(200)).root.children).toHaveLength(1);
      for (const depth of [201, 255, 257, 300, 90_000]) {
        expect(
          codeOf(() => parse(nested(depth))),
          String(depth),
        ).toBe('WB_XML_TOO_DEEP');
      }
    });

    it('says in which line the text is wrong', () => {
      expect(() => parse('<a>\n<b>\n</c></a>')).toThrow(/line 3: .*mismatch/i);
    });

    it('reads thousands of documents without keeping their memory', () => {
      parse(DOMAIN);
      const before = process.memoryUsage().rss;
      const filler = `<a>${`<b c='${'x'.repeat(1000)}'/>`.repeat(100)}</a>`;
      for (let round = 0; round < 1000; round++) expect(parse(filler).root.children).toHaveLength(100);
      // 100 MB were read; several times that would stay if nothing was given back.
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    });
  });
}

describe('xmlEngine', () => {
  it('chooses libxmljs2 where it can be loaded, else libxml2-wasm', () => {
    const native = tryEngine('libxmljs2');
    expect(xmlEngine().name).toBe('why' in native ? 'libxml2-wasm' : 'libxmljs2');
  });

  it('leaves libxmljs2 to the main thread', () => {
    expect(() => loadLibxmljs2(false)).toThrow('main thread only');
  });

  it('gives the engine that is asked for', () => {
    expect(xmlEngine('libxml2-wasm').name).toBe('libxml2-wasm');
  });
});

function billionLaughs(): string {
  const entities = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  );
  return `<!DOCTYPE a [<!ENTITY l0 "lol">${entities.join('')}]><a>&l9;</a>`;
}
