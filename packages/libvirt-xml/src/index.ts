export { CpuSet, CpuSetError, type CpuSetDialect } from '@whitebox/core';
export { xmlEngine, type XmlEngineName } from './engine-choice.js';
export { VirshError, XmlError } from './errors.js';
export { XmlDocument, type XmlOptions } from './xml-document.js';
export type { ParsedXml, XmlEngine, XPathResult } from './xml-engine.js';
export type { XmlAttribute, XmlElement, XmlNamespaces, XmlNode, XmlText } from './xml-node.js';
