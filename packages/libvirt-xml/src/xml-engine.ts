import type { XmlElement, XmlNamespaces, XmlNode } from './xml-node.js';

/**
 * What an XML library has to do for this package. Engines give plain records only and are used below the guard of
 * {@link XmlDocument}, which has already refused what is too large or has a document type.
 */
export interface XmlEngine {
  readonly name: string;
  /** @throws XmlError `WB_XML_SYNTAX`, `WB_XML_TOO_DEEP`, `WB_XML_REFUSED` */
  parse(text: string): ParsedXml;
}

/** A document in the memory of an XML library. */
export interface ParsedXml {
  root(): XmlElement;
  /** @throws XmlError `WB_XML_XPATH` */
  evaluate(xpath: string, namespaces: XmlNamespaces): XPathResult;
  /** Gives the memory back; nothing may be asked of the document afterwards. */
  free(): void;
}

export type XPathResult = readonly XmlNode[] | string | number | boolean;
