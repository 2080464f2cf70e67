import { xmlTooDeepError } from './errors.js';
import type { XmlElement } from './xml-node.js';

/** Levels of elements that are read; libvirt needs about twelve. Below the limit of either engine's parser. */
export const MAX_DEPTH = 200;

/** An element while it is being filled. */
export interface GrowingElement extends XmlElement {
  readonly attributes: Record<string, string>;
  readonly children: GrowingElement[];
  text: string;
}

export function newElement(name: string, namespace: string): GrowingElement {
  return { kind: 'element', name, namespace, attributes: {}, children: [], text: '' };
}

export function addAttribute(element: GrowingElement, name: string, namespace: string, value: string): void {
  const key = namespace === '' ? name : `{${namespace}}${name}`;
  // Plain assignment would lose an attribute named __proto__.
  Object.defineProperty(element.attributes, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

export function addText(element: GrowingElement, text: string): void {
  if (/[^ \t\r\n]/.test(text)) element.text += text;
}

export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw xmlTooDeepError();
}
