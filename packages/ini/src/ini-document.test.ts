import { describe, expect, it } from 'vitest';
import { IniDocument, IniError } from './index.js';

const NOVA = `# Nova of compute1
[DEFAULT]
debug = True

[compute]
; dedicated CPUs
cpu_dedicated_set=2,3
cpu_shared_set : 0,1

[pci]
alias = {"name": "a#1", "vendor_id": "8086"}
alias = {"name": "b;2",
    "vendor_id": "10de"}

[a.b]
x = 1
`;

const parse = (text: string) => IniDocument.parse(text, { file: '/etc/nova/nova.conf' });

/** Parses, edits and gives the text back. */
function edited(text: string, edit: (document: IniDocument) => void): string {
  const document = parse(text);
  edit(document);
  return document.toString();
}

function errorOf(act: () => unknown): IniError {
  try {
    act();
  } catch (error) {
    if (error instanceof IniError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('reading', () => {
  it('lists sections and options, and takes the last value', () => {
    const document = parse(NOVA);
    expect(document.sections()).toEqual(['DEFAULT', 'compute', 'pci', 'a.b']);
    expect(document.options('compute')).toEqual(['cpu_dedicated_set', 'cpu_shared_set']);
    expect(document.get('compute', 'cpu_dedicated_set')).toBe('2,3');
    expect(document.get('compute', 'cpu_shared_set')).toBe('0,1');
    expect(document.get('a.b', 'x')).toBe('1');
    expect(document.get('compute', 'absent')).toBeUndefined();
    expect(document.get('absent', 'x')).toBeUndefined();
  });

  it('keeps every value of a repeated option, with continuation lines and their places', () => {
    const document = parse(NOVA);
    expect(document.getAll('pci', 'alias')).toEqual([
      '{"name": "a#1", "vendor_id": "8086"}',
      '{"name": "b;2",\n"vendor_id": "10de"}',
    ]);
    expect(document.occurrences('pci', 'alias').map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [11, 11],
      [12, 13],
    ]);
  });

  it.each([
    ['a comment sign inside a value', 'k = s3cr#t;x', 's3cr#t;x'],
    ['outer quotes', `k = "a" and "b"`, `a" and "b`],
    ['single quotes', `k = ' a '`, ' a '],
    ['a lone quote', 'k = "', ''],
    ['quotes of two kinds', `k = "a'`, `"a'`],
    ['backslashes', String.raw`k = a\;b\#c\\d`, String.raw`a\;b\#c\\d`],
    ['true stays text', 'k = true', 'true'],
    ['JSON stays text', `k = {"a": "b=c"}`, '{"a": "b=c"}'],
    ['a colon first', 'k: a=b', 'a=b'],
    ['an equals sign first', 'k = http://x:1/?a=b', 'http://x:1/?a=b'],
    ['nothing', 'k =', ''],
    ['brackets in the name', 'k[] = 1', undefined],
  ])('%s', (_what, line, value) => {
    expect(parse(`[s]\n${line}\n`).get('s', 'k')).toBe(value);
  });

  it('finds sections as oslo.config does: any case, but DEFAULT in capitals', () => {
    const document = parse('[Compute]\na = 1\n[default]\nb = 1\n[DEFAULT]\nb = 2\n[compute]\na = 2\n');
    expect(document.getAll('compute', 'a')).toEqual(['1', '2']);
    expect(document.getAll('COMPUTE', 'a')).toEqual(['1', '2']);
    expect(document.getAll('DEFAULT', 'b')).toEqual(['2']);
    expect(document.getAll('Default', 'b')).toEqual(['1']);
    expect(document.sections()).toEqual(['Compute', 'default', 'DEFAULT']);
    expect(document.get('compute', 'A')).toBeUndefined();
  });

  it('takes bytes of UTF-8, and keeps a byte order mark where it is', () => {
    const text = '[s]\nname = caf\u00e9 \u{1f600}\n';
    const document = IniDocument.parse(Buffer.from(text));
    expect(document.get('s', 'name')).toBe('caf\u00e9 \u{1f600}');
    expect(document.toString()).toBe(text);
    const marked = Buffer.from('\ufeff[s]\n');
    expect(Buffer.from(IniDocument.parse(marked, { tolerant: true }).toString())).toEqual(marked);
  });

  it('names its lines in a file with CR LF, CR and LF', () => {
    const document = parse('[s]\r\na = 1\r  2\nb = 3');
    expect(document.get('s', 'a')).toBe('1\n2');
    expect(document.occurrences('s', 'b')[0]).toMatchObject({ line: 4, file: '/etc/nova/nova.conf' });
  });
});

describe('refusing what oslo.config refuses', () => {
  it.each([
    ['no separator', '[s]\njustakey\n', 'WB_INI_NO_SEPARATOR', 2, 1],
    ['an empty name', '[s]\n = 1\n', 'WB_INI_STRAY_CONTINUATION', 2, 2],
    ['an empty name in the first column', '[s]\n= 1\n', 'WB_INI_KEY_EMPTY', 2, 1],
    ['a comment behind a section', '[s]  # mine\na = 1\n', 'WB_INI_SECTION_NOT_CLOSED', 1, 4],
    ['an open section', '[s\n', 'WB_INI_SECTION_NOT_CLOSED', 1, 3],
    ['an empty section', 'x\n[]\n'.slice(2), 'WB_INI_SECTION_EMPTY', 1, 2],
    ['a continuation of nothing', '[s]\na = 1\n\n    2\n', 'WB_INI_STRAY_CONTINUATION', 4, 5],
    ['a continuation of a comment', '[s]\na = 1\n# c\n\t2\n', 'WB_INI_STRAY_CONTINUATION', 4, 2],
    ['an option before any section', '# c\na = 1\n', 'WB_INI_NO_SECTION', 2, 1],
    ['a byte order mark', '\ufeff[s]\na = 1\n', 'WB_INI_NO_SEPARATOR', 1, 1],
  ])('%s', (_what, text, code, line, column) => {
    const error = errorOf(() => parse(text));
    expect(error).toMatchObject({ code, line, column, file: '/etc/nova/nova.conf' });
    expect(error.message).toContain(`/etc/nova/nova.conf:${line}:${column}`);
    expect(error.advice).not.toBe('');
  });

  it('bytes that are no UTF-8, with their place', () => {
    const latin1 = Buffer.from('[s]\n# ok\n# caf\u00e9 s3cr3t\na = 1\n', 'latin1');
    const error = errorOf(() => IniDocument.parse(latin1, { file: 'n.conf' }));
    expect(error).toMatchObject({ code: 'WB_INI_NOT_UTF8', file: 'n.conf', line: 3, column: 6 });
    expect(errorOf(() => IniDocument.parse(Uint8Array.of(0x61, 0xff)))).toMatchObject({ line: 1, column: 2 });
  });

  it('counts the lines before such bytes as lines of the file, whatever ends them', () => {
    const mixed = Buffer.from('[s]\r# a\r\n# b\n\xe9 = 1\n', 'latin1');
    expect(errorOf(() => IniDocument.parse(mixed))).toMatchObject({ line: 4, column: 1 });
  });

  it('keeps such bytes in a tolerant parse and gives them back', () => {
    const bytes = Buffer.from(
      '# caf\xe9 \xc3\xbc \xf0\x9f\x98\x80 \xed\xa0\x80 \xff\r[s]\r\na = \xe9\x00\x80\nb = 1',
      'latin1',
    );
    const document = IniDocument.parse(bytes, { file: 'n.conf', tolerant: true });
    expect(Buffer.compare(document.toBytes(), bytes)).toBe(0);
    expect(document.get('s', 'b')).toBe('1');
    expect(document.problems).toMatchObject([
      { code: 'WB_INI_NOT_UTF8', file: 'n.conf', line: 1, column: 6 },
    ]);
    expect(
      errorOf(() => {
        document.set('s', 'b', '2');
      }),
    ).toMatchObject({ code: 'WB_INI_NOT_EDITABLE' });
  });

  it('says that it is the byte order mark', () => {
    expect(errorOf(() => parse('\ufeff[s]\n')).message).toContain('byte order mark');
    expect(errorOf(() => parse('\ufeffa = 1\n')).message).toContain('byte order mark');
  });

  it('never prints the line, which may hold a password', () => {
    expect(errorOf(() => parse('[database]\ns3cr3t-password\n')).message).not.toContain('s3cr3t');
    expect(errorOf(() => parse('[database]\n  s3cr3t-password\n')).message).not.toContain('s3cr3t');
    expect(
      errorOf(() => {
        parse('[d]\n').set('d', 'p', 's3cr3t\r');
      }).message,
    ).not.toContain('s3cr3t');
  });

  it('keeps such lines in a tolerant parse, lists them all and edits nothing', () => {
    const text = '[s]\njustakey\na = 1\n\n   2\n';
    const document = IniDocument.parse(text, { tolerant: true });
    expect(document.toString()).toBe(text);
    expect(document.get('s', 'a')).toBe('1');
    expect(document.problems.map(({ code, line }) => [code, line])).toEqual([
      ['WB_INI_NO_SEPARATOR', 2],
      ['WB_INI_STRAY_CONTINUATION', 5],
    ]);
    expect(
      errorOf(() => {
        document.set('s', 'a', '2');
      }),
    ).toMatchObject({ code: 'WB_INI_NOT_EDITABLE', line: 2 });
    expect(document.toString()).toBe(text);
  });
});

describe('changing', () => {
  it('rewrites the value and keeps name, separator, order and everything else', () => {
    const text = edited(NOVA, (document) => {
      document.set('compute', 'cpu_dedicated_set', '1-3');
      document.set('compute', 'cpu_shared_set', '0');
    });
    expect(text).toBe(
      NOVA.replace('cpu_dedicated_set=2,3', 'cpu_dedicated_set=1-3').replace(
        'cpu_shared_set : 0,1',
        'cpu_shared_set : 0',
      ),
    );
  });

  it('puts a new option behind the last one of its section', () => {
    expect(
      edited(NOVA, (document) => {
        document.set('compute', 'x', '1');
      }),
    ).toBe(NOVA.replace('cpu_shared_set : 0,1\n', 'cpu_shared_set : 0,1\nx = 1\n'));
  });

  it('puts the first option of a section behind its header', () => {
    expect(
      edited('[a]\n# c\n\n[b]\n', (document) => {
        document.set('a', 'x', '1');
      }),
    ).toBe('[a]\nx = 1\n# c\n\n[b]\n');
  });

  it('puts a new section to the end', () => {
    expect(
      edited('[a]\nx = 1\n', (document) => {
        document.set('b', 'y', '2');
      }),
    ).toBe('[a]\nx = 1\n\n[b]\ny = 2\n');
    expect(
      edited('[a]\n\n', (document) => {
        document.set('b', 'y', '2');
      }),
    ).toBe('[a]\n\n[b]\ny = 2\n');
    expect(
      edited('', (document) => {
        document.set('b', 'y', '2');
      }),
    ).toBe('[b]\ny = 2\n');
  });

  it('edits the section of another case instead of adding one', () => {
    expect(
      edited('[Compute]\na = 1\n', (document) => {
        document.set('compute', 'a', '2');
      }),
    ).toBe('[Compute]\na = 2\n');
  });

  it('replaces continuation lines, keeping their indentation', () => {
    const text = '[s]\na = 1,\n\t2,\n\t3\n# c\n';
    expect(
      edited(text, (document) => {
        document.set('s', 'a', '4');
      }),
    ).toBe('[s]\na = 4\n# c\n');
    expect(
      edited(text, (document) => {
        document.set('s', 'a', '4,\n5');
      }),
    ).toBe('[s]\na = 4,\n\t5\n# c\n');
    expect(
      edited('[s]\na =\n  1\n', (document) => {
        document.set('s', 'a', '\n1\n2');
      }),
    ).toBe('[s]\na =\n  1\n  2\n');
  });

  it('touches only those of a repeated option that differ', () => {
    const text = '[s]\na = 1\n# two\na=2\nb = 0\na: 3\n';
    expect(
      edited(text, (document) => {
        document.set('s', 'a', ['1', 'x', '3']);
      }),
    ).toBe(text.replace('a=2', 'a=x'));
    expect(
      edited(text, (document) => {
        document.set('s', 'a', ['1', '3']);
      }),
    ).toBe(text.replace('a=2\n', ''));
    expect(
      edited(text, (document) => {
        document.set('s', 'a', ['0', '1', '2', '3']);
      }),
    ).toBe(text.replace('a = 1', 'a = 0\na = 1'));
    expect(
      edited(text, (document) => {
        document.set('s', 'a', ['1', '2', '3', '4']);
      }),
    ).toBe(text + 'a = 4\n');
    expect(
      edited(text, (document) => {
        document.set('s', 'a', '9');
      }),
    ).toBe('[s]\na = 9\n# two\nb = 0\n');
  });

  it('adds to a repeated option behind its last line', () => {
    expect(
      edited(NOVA, (document) => {
        document.add('pci', 'alias', '{}');
      }),
    ).toBe(NOVA.replace('"vendor_id": "10de"}\n', '"vendor_id": "10de"}\nalias = {}\n'));
  });

  it('removes every occurrence and says how many', () => {
    const document = parse(NOVA);
    expect(document.remove('pci', 'alias')).toBe(2);
    expect(document.remove('pci', 'alias')).toBe(0);
    expect(document.toString()).toBe(
      NOVA.replace(/alias = \{"name": "a.*\n/, '').replace(/alias = \{"name": "b.*\n.*\n/, ''),
    );
  });

  it('keeps line endings, and a file without a final one stays without', () => {
    expect(
      edited('[s]\r\na = 1\r\n', (document) => {
        document.set('s', 'b', '1\n2');
      }),
    ).toBe('[s]\r\na = 1\r\nb = 1\r\n    2\r\n');
    expect(
      edited('[s]\na = 1', (document) => {
        document.set('s', 'a', '2');
      }),
    ).toBe('[s]\na = 2');
    expect(
      edited('[s]\na = 1', (document) => {
        document.set('s', 'b', '2');
      }),
    ).toBe('[s]\na = 1\nb = 2');
    expect(
      edited('[s]\ra = 1', (document) => {
        document.set('t', 'b', '2');
      }),
    ).toBe('[s]\ra = 1\r\r[t]\rb = 2');
  });

  it('never lets a line end of its own run together with the next one', () => {
    const text = '[s]\na = 1\ra = 2\n\n# c\n';
    expect(
      edited(text, (document) => {
        document.set('s', 'a', '3');
      }),
    ).toBe('[s]\na = 3\n\n# c\n');
  });

  it('writes values that need quotes such that oslo.config takes them away again', () => {
    for (const value of [' a', 'a ', '"a"', "'", '"', '', '\t', `"a' b"`, '\u0085x']) {
      const document = parse('[s]\na = 1\n');
      document.set('s', 'a', value);
      expect(parse(document.toString()).get('s', 'a')).toBe(value);
    }
  });

  it('follows the style of an empty value', () => {
    expect(
      edited('[s]\na =\nb=\n', (document) => {
        document.set('s', 'a', '1');
      }),
    ).toBe('[s]\na = 1\nb=\n');
    expect(
      edited('[s]\na =\nb=\n', (document) => {
        document.set('s', 'b', '1');
      }),
    ).toBe('[s]\na =\nb=1\n');
    expect(
      edited('[s]\na = 1\n', (document) => {
        document.set('s', 'a', '');
      }),
    ).toBe('[s]\na =\n');
  });

  it.each([
    ['a carriage return', 's', 'a', 'x\ry', 'WB_INI_BAD_VALUE'],
    ['an empty line', 's', 'a', 'x\n\ny', 'WB_INI_BAD_VALUE'],
    ['a line that begins with blanks', 's', 'a', 'x\n  y', 'WB_INI_BAD_VALUE'],
    ['a final line end', 's', 'a', 'x\n', 'WB_INI_BAD_VALUE'],
    ['an empty name', 's', '', 'x', 'WB_INI_BAD_KEY'],
    ['a name with =', 's', 'a=b', 'x', 'WB_INI_BAD_KEY'],
    ['a name that is a comment', 's', '#a', 'x', 'WB_INI_BAD_KEY'],
    ['a name with a line end', 's', 'a\nb', 'x', 'WB_INI_BAD_KEY'],
    ['an indented name', 's', ' a', 'x', 'WB_INI_BAD_KEY'],
    ['an empty section', '', 'a', 'x', 'WB_INI_BAD_SECTION'],
    ['a section of two lines', 'a]\n[b', 'a', 'x', 'WB_INI_BAD_SECTION'],
  ])('refuses %s and changes nothing', (_what, section, key, value, code) => {
    const document = parse(NOVA);
    expect(
      errorOf(() => {
        document.set(section, key, ['fine', value]);
      }),
    ).toMatchObject({ code });
    expect(
      errorOf(() => {
        document.add(section, key, value);
      }),
    ).toMatchObject({ code });
    expect(document.toString()).toBe(NOVA);
  });
});
