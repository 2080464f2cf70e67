import { xmlSyntaxError, type XmlError } from './errors.js';
import { addAttribute, checkDepth, newElement, TextRun, type GrowingElement } from './tree-builder.js';
import type { XmlElement } from './xml-node.js';

const [BLANK, EXCLAMATION, SLASH, GREATER, QUESTION] = [0x20, 0x21, 0x2f, 0x3e, 0x3f] as const;

/** The namespaces that an element declares. Not merged with those around it: a hostile text has thousands, everywhere. */
interface Scope {
  /** Prefix -> URI; the empty prefix is the default namespace. */
  readonly declared: Map<string, string>;
  readonly around: Scope | undefined;
}

interface OpenElement {
  readonly element: GrowingElement;
  readonly scope: Scope;
  readonly run: TextRun;
}

const outermost: Scope = {
  declared: new Map([
    ['', ''],
    ['xml', 'http://www.w3.org/XML/1998/namespace'],
  ]),
  around: undefined,
};

/**
 * The tree of a document that libxml2 has parsed and then written out again. One text is all that comes over from the
 * library: to ask it for each node takes ten times as long.
 *
 * This is no parser of XML. libxml2 has checked the text, and what it writes (xmlsave.c) has one form: attributes in
 * quotes behind the declarations of namespaces, `&lt;` and its like as the only references, no DOCTYPE, no CDATA.
 *
 * @throws XmlError `WB_XML_TOO_DEEP`; `WB_XML_SYNTAX` for a namespace that has no proper URI
 */
export function readWrittenXml(text: string): XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let at = 0;

  function after(end: string): number {
    const found = text.indexOf(end, at);
    if (found === -1) throw unexpected(`${end} is missing`);
    return found + end.length;
  }

  function readElementName(): string {
    const start = at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BLANK || code === SLASH || code === GREATER) break;
    }
    return text.slice(start, at);
  }

  /** What stands before the `=` and between the quotes of `name="value"`. */
  function readAttribute(): readonly [string, string] {
    const equals = after('=') - 1;
    const name = text.slice(at, equals);
    // Old versions put the URI of a namespace into single quotes when there is a double one in it.
    const quote = text.charAt(equals + 1);
    if (quote !== '"' && quote !== "'") throw unexpected('an attribute has no value');
    at = equals + 2;
    const start = at;
    at = after(quote);
    return [name, text.slice(start, at - 1)];
  }

  function readElement(): void {
    const parent = open.at(-1);
    checkDepth(open.length + 1);
    const name = readElementName();
    const around = parent?.scope ?? outermost;
    let scope = around;
    const attributes: Record<string, string> = {};
    const prefixed: (readonly [string, string])[] = [];
    while (text.charCodeAt(at) === BLANK) {
      at++;
      const [key, value] = readAttribute();
      if (key === 'xmlns' || key.startsWith('xmlns:')) {
        if (scope === around) scope = { declared: new Map(), around };
        scope.declared.set(key.slice('xmlns:'.length), checkUri(value));
      } else if (key.includes(':')) prefixed.push([key, value]);
      // The default namespace is not for attributes.
      else addAttribute(attributes, key, '', resolveReferences(value));
    }
    for (const [key, value] of prefixed) {
      addAttribute(attributes, localName(key), namespaceOf(key, scope), resolveReferences(value));
    }
    const element = newElement(localName(name), namespaceOf(name, scope), attributes);
    if (parent !== undefined) {
      parent.run.endIn(parent.element);
      parent.element.children.push(element);
    } else if (root === undefined) root = element;
    else throw unexpected('there are two root elements');
    if (text.charCodeAt(at) !== SLASH) open.push({ element, scope, run: new TextRun() });
    at = after('>');
  }

  for (let tag = text.indexOf('<'); tag !== -1; tag = text.indexOf('<', at)) {
    const inside = open.at(-1);
    if (inside !== undefined && tag > at) inside.run.add(resolveReferences(text.slice(at, tag)));
    at = tag + 1;
    const kind = text.charCodeAt(at);
    if (kind === SLASH) {
      if (inside === undefined) throw unexpected('what is not open is closed');
      inside.run.endIn(inside.element);
      open.pop();
      at = after('>');
    } else if (kind === QUESTION) at = after('?>');
    else if (kind === EXCLAMATION) {
      at += '!--'.length;
      at = after('-->');
    } else readElement();
  }
  if (root === undefined || open.length > 0) throw unexpected('it ends too early');
  return root;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function namespaceOf(name: string, scope: Scope): string {
  const prefix = name.slice(0, Math.max(name.indexOf(':'), 0));
  for (let each: Scope | undefined = scope; each !== undefined; each = each.around) {
    const uri = each.declared.get(prefix);
    if (uri !== undefined) return uri;
  }
  throw unexpected(`the prefix of ${name} is not declared`);
}

/** Versions of libxml2 differ in what they make of such a URI. */
function checkUri(uri: string): string {
  if (/[&<>"']/.test(uri)) throw xmlSyntaxError('a namespace has no proper URI');
  return uri;
}

const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function resolveReferences(written: string): string {
  let resolved = '';
  let at = 0;
  for (let start = written.indexOf('&'); start !== -1; start = written.indexOf('&', at)) {
    const end = written.indexOf(';', start);
    resolved += written.slice(at, start) + characterOf(written.slice(start + 1, end));
    at = end + 1;
  }
  return at === 0 ? written : resolved + written.slice(at);
}

/** @param reference `lt`, `#10` or `#xA` */
function characterOf(reference: string): string {
  const character = named.get(reference);
  if (character !== undefined) return character;
  const code = /^#x?[\da-f]+$/i.test(reference)
    ? Number(reference.replace('#x', '0x').replace('#', ''))
    : Number.NaN;
  if (!Number.isInteger(code)) throw unexpected(`&${reference.slice(0, 20)}; is no reference`);
  return String.fromCodePoint(code);
}

function unexpected(what: string): XmlError {
  return xmlSyntaxError(`the XML library wrote it out in a form that is not understood: ${what}`);
}
