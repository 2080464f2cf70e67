/** An element as a plain record: nothing of the XML library is behind it. */
export interface XmlElement {
  readonly kind: 'element';
  /** Without prefix. */
  readonly name: string;
  /** URI of the namespace; empty when the element is in none. */
  readonly namespace: string;
  /** By name without prefix; `{uri}name` for an attribute that is in a namespace. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Child elements in document order. */
  readonly children: readonly XmlElement[];
  /** Character data that stands directly in the element; pieces that are white space only are left out. */
  readonly text: string;
}

export interface XmlAttribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

export interface XmlText {
  readonly kind: 'text';
  readonly value: string;
}

export type XmlNode = XmlElement | XmlAttribute | XmlText;

/** Prefix -> URI, for the names in an XPath expression. */
export type XmlNamespaces = Readonly<Record<string, string>>;
