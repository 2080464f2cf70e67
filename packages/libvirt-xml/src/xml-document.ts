import { xmlEngine } from './engine-choice.js';
import { xpathError } from './errors.js';
import type { ParsedXml, XmlEngine, XPathResult } from './xml-engine.js';
import { guardText, guardXPath } from './xml-guard.js';
import type { XmlElement, XmlNamespaces, XmlNode } from './xml-node.js';

export interface XmlOptions {
  /** Default: {@link xmlEngine}`()`. */
  readonly engine?: XmlEngine | undefined;
}

/**
 * An XML document as a value: it holds no memory of an XML library, so there is nothing to dispose of. Each XPath query
 * parses the text again, which costs a fraction of a millisecond for a domain.
 */
export class XmlDocument {
  readonly root: XmlElement;
  readonly text: string;
  readonly #engine: XmlEngine;

  private constructor(text: string, engine: XmlEngine) {
    this.text = text;
    this.#engine = engine;
    this.root = this.#with((parsed) => parsed.root());
  }

  /**
   * @param xml a text, or bytes in UTF-8
   * @throws XmlError for anything hostile or not well-formed; the codes are listed there
   */
  static parse(xml: string | Uint8Array, options: XmlOptions = {}): XmlDocument {
    return new XmlDocument(guardText(xml), options.engine ?? xmlEngine());
  }

  /**
   * What an XPath 1.0 expression selects, in document order; relative paths start at the root element. An empty array
   * means that nothing matches; an invalid expression is an error.
   *
   * @example document.find('devices/disk/source/@file')
   * @throws XmlError `WB_XML_XPATH`, also for an expression that gives a string, number or boolean
   */
  find(xpath: string, namespaces: XmlNamespaces = {}): readonly XmlNode[] {
    const result = this.evaluate(xpath, namespaces);
    if (!Array.isArray(result)) {
      throw xpathError(
        xpath,
        `it gives the ${typeof result} ${JSON.stringify(result)}; use evaluate() for that`,
      );
    }
    return result as readonly XmlNode[];
  }

  /**
   * @example document.evaluate('count(devices/disk)')
   * @throws XmlError `WB_XML_XPATH`
   */
  evaluate(xpath: string, namespaces: XmlNamespaces = {}): XPathResult {
    guardXPath(xpath);
    const result = this.#with((parsed) => parsed.evaluate(xpath, namespaces));
    if (!Array.isArray(result)) return result;
    // An empty CDATA section is a node for newer versions of libxml2 only.
    return (result as readonly XmlNode[]).filter((node) => node.kind !== 'text' || node.value !== '');
  }

  #with<T>(use: (parsed: ParsedXml) => T): T {
    const parsed = this.#engine.parse(this.text);
    try {
      return use(parsed);
    } finally {
      parsed.free();
    }
  }
}
