import {
  ParseOption,
  XmlAttribute,
  XmlDocument,
  XmlElement as WasmElement,
  XmlText,
  XmlTreeNode,
  type XmlNode as WasmNode,
} from 'libxml2-wasm';
import { xmlRefusedError, xmlSyntaxError, xmlTooDeepError, xpathError } from './errors.js';
import { addAttribute, checkDepth, newElement, TextRun, type GrowingElement } from './tree-builder.js';
import { readWrittenXml } from './written-xml.js';
import type { ParsedXml, XmlEngine, XPathResult } from './xml-engine.js';
import type { XmlNamespaces, XmlNode } from './xml-node.js';

export const libxml2WasmEngine: XmlEngine = { name: 'libxml2-wasm', parse };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

function parse(text: string): ParsedXml {
  let document: XmlDocument;
  try {
    // The encoding is given, so that one which the XML declaration names does not count: the text is decoded already.
    document = XmlDocument.fromBuffer(encoder.encode(text), {
      encoding: 'UTF-8',
      option:
        ParseOption.XML_PARSE_NONET |
        ParseOption.XML_PARSE_NO_XXE |
        ParseOption.XML_PARSE_NOCDATA |
        ParseOption.XML_PARSE_COMPACT,
    });
  } catch (error) {
    throw parseError(error);
  }
  if (document.dtd !== null) {
    document.dispose();
    throw xmlRefusedError('a document type');
  }
  return {
    root: () => readWrittenXml(write(document)),
    evaluate: (xpath, namespaces) => evaluate(document, xpath, namespaces),
    free: () => {
      document.dispose();
    },
  };
}

function parseError(error: unknown): Error {
  const { message, details } = error as { message?: string; details?: readonly { line: number }[] };
  const reason = (message ?? String(error)).split('\n')[0]?.trim() ?? '';
  if (reason.startsWith('Excessive depth')) return xmlTooDeepError(error);
  const line = details?.[0]?.line;
  return xmlSyntaxError(line === undefined ? reason : `line ${line}: ${reason}`, error);
}

/** toString() of the library spoils the characters that are cut in two between the pieces that libxml2 writes. */
function write(document: XmlDocument): string {
  const pieces: Uint8Array[] = [];
  document.save(
    {
      // Nothing in here may throw, as libxml2 is on the stack; the bytes are its own.
      write: (bytes) => {
        pieces.push(bytes.slice());
        return bytes.byteLength;
      },
      close: () => true,
    },
    { format: false, noDeclaration: true, encoding: 'utf-8' },
  );
  return decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
}

function buildTree(source: WasmElement, depth: number): GrowingElement {
  checkDepth(depth);
  const element = newElement(source.name, source.namespaceUri);
  for (const attribute of source.attrs) {
    addAttribute(element.attributes, attribute.name, attribute.namespaceUri, attribute.value);
  }
  const run = new TextRun();
  for (const child of childrenOf(source)) {
    if (child instanceof WasmElement) {
      run.endIn(element);
      element.children.push(buildTree(child, depth + 1));
    } else if (child instanceof XmlText) run.add(child.content);
  }
  run.endIn(element);
  return element;
}

function childrenOf(source: WasmElement): readonly WasmNode[] {
  const children: WasmNode[] = [];
  for (let child: WasmNode | null = source.firstChild; child !== null; child = child.next) {
    // The library does not get past a processing instruction.
    if (!(child instanceof XmlTreeNode)) return source.find('node()');
    children.push(child);
  }
  return children;
}

function evaluate(document: XmlDocument, xpath: string, namespaces: XmlNamespaces): XPathResult {
  let result: WasmNode[] | string | number | boolean;
  try {
    result = document.root.eval(xpath, { ...namespaces });
  } catch (error) {
    throw xpathError(xpath, error instanceof Error ? error.message : String(error), error);
  }
  return Array.isArray(result) ? result.map((node) => toRecord(node, xpath)) : result;
}

function toRecord(node: WasmNode, xpath: string): XmlNode {
  if (node instanceof WasmElement) return buildTree(node, 1);
  if (node instanceof XmlAttribute) {
    return { kind: 'attribute', name: node.name, namespace: node.namespaceUri, value: node.value };
  }
  if (node instanceof XmlText) return { kind: 'text', value: node.content };
  throw xpathError(xpath, `it selects a ${node.constructor.name}`);
}
