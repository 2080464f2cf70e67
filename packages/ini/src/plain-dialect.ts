import { parse, stringify } from 'ini';

/** Sections of a plain file; options before the first section are in ''. Several values belong to `name[]` options. */
export type PlainIni = ReadonlyMap<string, ReadonlyMap<string, string | readonly string[]>>;

type Node = string | boolean | null | Node[] | { [key: string]: Node };

/**
 * Reads an INI file of another kind than oslo.config's (my.cnf, credential files), as npm's `ini` library does: comments
 * behind values, quotes and escapes, `name[]` for lists, a name alone for `true`.
 *
 * Not for files of OpenStack services: it cuts `#` and `;` from passwords, drops repeated options and continuation
 * lines. Those are for `IniDocument`.
 */
export function parsePlain(text: string): PlainIni {
  const sections = new Map<string, Map<string, string | readonly string[]>>();
  collect('', parse(text, { bracketedArray: true }), sections);
  return sections;
}

/** Writes such a file anew; comments of an older one are not kept. */
export function stringifyPlain(sections: PlainIni): string {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, options] of sections) {
    const target = name === '' ? root : (root[name] = Object.create(null) as Record<string, unknown>);
    for (const [key, value] of options) target[key] = value;
  }
  return stringify(root, { whitespace: true, bracketedArray: true });
}

/** The library nests `[a.b]` into a: take that apart again. */
function collect(
  name: string,
  nodes: Readonly<Record<string, Node>>,
  into: Map<string, Map<string, string | readonly string[]>>,
): void {
  const options = new Map<string, string | readonly string[]>();
  const nested: [string, Record<string, Node>][] = [];
  for (const [key, node] of Object.entries(nodes)) {
    if (Array.isArray(node)) options.set(key, node.map(String));
    else if (typeof node === 'object' && node !== null) nested.push([key, node]);
    else options.set(key, String(node));
  }
  if (options.size > 0 || (name !== '' && nested.length === 0)) into.set(name, options);
  for (const [key, node] of nested) collect(name === '' ? key : `${name}.${key}`, node, into);
}
