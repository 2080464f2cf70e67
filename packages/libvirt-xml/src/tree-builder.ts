import { xmlTooDeepError } from './errors.js';
import type { XmlElement } from './xml-node.js';

/** Levels of elements that are read; libvirt needs about twelve. Below the limit of either engine's parser. */
const MAX_DEPTH = 200;

/** An element while it is being filled. */
export interface GrowingElement extends XmlElement {
  readonly attributes: Record<string, string>;
  readonly children: GrowingElement[];
  text: string;
}

export function newElement(
  name: string,
  namespace: string,
  attributes: Record<string, string> = {},
): GrowingElement {
  return { kind: 'element', name, namespace, attributes, children: [], text: '' };
}

export function addAttribute(
  attributes: Record<string, string>,
  name: string,
  namespace: string,
  value: string,
): void {
  const key = namespace === '' ? name : `{${namespace}}${name}`;
  if (key !== '__proto__') {
    attributes[key] = value;
    return;
  }
  // Plain assignment would lose it.
  Object.defineProperty(attributes, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The character data between two tags, which can come in pieces: a comment or a CDATA section cuts it. */
export class TextRun {
  #text = '';

  add(piece: string): void {
    this.#text += piece;
  }

  /** At the next tag: the run belongs to that element, unless it is only what indents the XML. */
  endIn(element: GrowingElement): void {
    if (/[^ \t\r\n]/.test(this.#text)) element.text += this.#text;
    this.#text = '';
  }
}

export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw xmlTooDeepError();
}
