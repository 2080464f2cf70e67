import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as Libxmljs2 from 'libxmljs2';
import { xmlRefusedError, xmlSyntaxError, xmlTooDeepError, xpathError } from './errors.js';
import { addAttribute, checkDepth, newElement, TextRun, type GrowingElement } from './tree-builder.js';
import { readWrittenXml } from './written-xml.js';
import type { ParsedXml, XmlEngine, XPathResult } from './xml-engine.js';
import type { XmlElement, XmlNamespaces, XmlNode } from './xml-node.js';

// libxmljs2 carries an old libxml2 and crashes the process when it walks over entity declarations (CVE-2024-34393,
// CVE-2024-34394). So: documents with a DTD are refused, no option that expands anything is set, nodes are reached by
// XPath and parent() only, and none of them leaves this file.

/** What a node answers; the declarations of libxmljs2 do not know the scalar results of XPath. */
interface NativeNode {
  type(): string;
  name(): string;
  text(): string;
  value(): string;
  namespace(): { href(): string } | null;
  parent(): NativeNode;
}

type NativeResult = NativeNode[] | string | number | boolean | undefined;

/** Of libxml2's xmlErrorLevel. */
const ERROR = 2;
/** XML_WAR_NS_URI of libxml2's xmlParserErrors: a warning here, an error in newer versions. */
const INVALID_NAMESPACE_URI = 99;

/**
 * @param inMainThread Node lets the first thread that asks load it, a worker too, and it knows nothing of threads: it
 *   would be gone for the main thread, and with the worker its documents
 * @throws whatever Node says when the library is not installed or not built for this Node
 */
export function loadLibxmljs2(inMainThread = isMainThread): XmlEngine {
  if (!inMainThread) throw new Error('libxmljs2 works in the main thread only');
  const library = createRequire(import.meta.url)('libxmljs2') as typeof Libxmljs2;
  return { name: 'libxmljs2', parse: (text) => parse(library, text) };
}

function parse(library: typeof Libxmljs2, text: string): ParsedXml {
  let document: Libxmljs2.Document;
  try {
    document = library.parseXml(text, { nonet: true, nocdata: true, compact: true });
  } catch (error) {
    throw parseError(error);
  }
  if (hasDtd(document)) throw xmlRefusedError('a document type');
  const serious = document.errors.find(
    ({ level, code }) => (level ?? 0) >= ERROR || code === INVALID_NAMESPACE_URI,
  );
  if (serious !== undefined) throw parseError(serious);
  return {
    root: () => readWrittenXml(document.toString(false)),
    evaluate: (xpath, namespaces) => evaluate(document, xpath, namespaces),
    free: () => undefined, // V8 collects it
  };
}

function hasDtd(document: Libxmljs2.Document): boolean {
  const dtd: unknown = document.getDtd();
  return dtd !== null && dtd !== undefined;
}

function parseError(error: unknown): Error {
  const { message, line } = error as Partial<Libxmljs2.SyntaxError>;
  const reason = (message ?? String(error)).trim();
  if (reason.startsWith('Excessive depth')) return xmlTooDeepError(error);
  return xmlSyntaxError(typeof line === 'number' ? `line ${line}: ${reason}` : reason, error);
}

function find(document: Libxmljs2.Document, xpath: string, namespaces: XmlNamespaces): NativeResult {
  return document.find(xpath, { ...namespaces }) as unknown as NativeResult;
}

/** Nodes come in document order, attributes right after their element. */
function buildTree(nodes: NativeResult): XmlElement {
  const built = new Map<NativeNode, { element: GrowingElement; depth: number; run: TextRun }>();
  let current: GrowingElement | undefined;
  let top: GrowingElement | undefined;
  for (const node of Array.isArray(nodes) ? nodes : []) {
    const type = node.type();
    if (type === 'element') {
      const parent = built.get(node.parent());
      const depth = (parent?.depth ?? 0) + 1;
      checkDepth(depth);
      current = newElement(node.name(), namespaceOf(node));
      built.set(node, { element: current, depth, run: new TextRun() });
      if (parent === undefined) top = current;
      else {
        parent.run.endIn(parent.element);
        parent.element.children.push(current);
      }
    } else if (type === 'attribute') {
      if (current !== undefined)
        addAttribute(current.attributes, node.name(), namespaceOf(node), node.value());
    } else if (type === 'text') {
      built.get(node.parent())?.run.add(node.text());
    }
  }
  if (top === undefined) throw xmlSyntaxError('the document has no root element');
  for (const { element, run } of built.values()) run.endIn(element);
  return top;
}

function evaluate(document: Libxmljs2.Document, xpath: string, namespaces: XmlNamespaces): XPathResult {
  let result: NativeResult;
  try {
    result = find(document, xpath, namespaces);
  } catch (error) {
    throw xpathError(xpath, String(error), error);
  }
  // The library says nothing about an invalid expression but for this value (and a line on stderr).
  if (result === undefined) throw xpathError(xpath, 'it is not a valid expression');
  return Array.isArray(result) ? result.map((node) => toRecord(node, xpath)) : result;
}

function toRecord(node: NativeNode, xpath: string): XmlNode {
  const type = node.type();
  if (type === 'element') {
    const element = node as NativeNode & { find(xpath: string): NativeResult };
    return buildTree(element.find('descendant-or-self::node()|descendant-or-self::*/@*'));
  }
  if (type === 'attribute') {
    return { kind: 'attribute', name: node.name(), namespace: namespaceOf(node), value: node.value() };
  }
  if (type === 'text') return { kind: 'text', value: node.text() };
  throw xpathError(xpath, `it selects a node of type ${type}`);
}

function namespaceOf(node: NativeNode): string {
  return node.namespace()?.href() ?? '';
}
