import { ElementReader } from './element-reader.js';
import { XmlError } from './errors.js';
import { XmlDocument, type XmlOptions } from './xml-document.js';

/** @throws XmlError `WB_XML_OTHER_DOCUMENT` when the root element has another name */
export function openDocument(xml: string | Uint8Array, rootName: string, options: XmlOptions): ElementReader {
  const { root } = XmlDocument.parse(xml, options);
  if (root.name !== rootName || root.namespace !== '') {
    throw new XmlError({
      code: 'WB_XML_OTHER_DOCUMENT',
      action: `read a <${rootName}> document`,
      observed: `the root element is <${root.name}>`,
      advice: 'Give it the XML of the right virsh command.',
    });
  }
  return new ElementReader(root);
}
