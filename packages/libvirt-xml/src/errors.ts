import { WhiteboxError } from '@whitebox/core';

/**
 * Thrown for XML that cannot be read:
 *
 * - `WB_XML_SYNTAX`: not well-formed
 * - `WB_XML_ENCODING`: bytes that are not UTF-8, or a text with half a surrogate pair
 * - `WB_XML_REFUSED`: a DOCTYPE or an entity declaration, which libvirt never writes
 * - `WB_XML_TOO_LARGE`, `WB_XML_TOO_DEEP`: beyond the limits in the README
 * - `WB_XML_XPATH`: an XPath expression that is invalid, or that selects what is no element, attribute or text
 * - `WB_XML_OTHER_DOCUMENT`: well-formed, but not the document that was asked for
 * - `WB_XML_VALUE`: an element or attribute is missing or has a value that libvirt would not write
 * - `WB_XML_NO_ENGINE`: the XML engine that was asked for cannot be loaded
 */
export class XmlError extends WhiteboxError {}

/**
 * Thrown when virsh fails; `observed` has what it said:
 *
 * - `WB_VIRSH_NO_DOMAIN`: no such domain (any more)
 * - `WB_VIRSH_NO_SECRET`: no such secret
 * - `WB_VIRSH_NO_CONNECTION`: libvirt does not answer
 * - `WB_VIRSH_FAILED`: anything else
 * - `WB_VIRSH_OUTPUT`: virsh succeeded with an output that is not understood
 */
export class VirshError extends WhiteboxError {}

const syntaxAdvice = 'Look at where the text came from; libvirt itself never writes XML like this.';

export function xmlSyntaxError(observed: string, cause?: unknown): XmlError {
  return new XmlError({ code: 'WB_XML_SYNTAX', action: 'parse XML', observed, advice: syntaxAdvice, cause });
}

export function xmlTooDeepError(cause?: unknown): XmlError {
  return new XmlError({
    code: 'WB_XML_TOO_DEEP',
    action: 'parse XML',
    observed: 'elements are nested too deeply',
    advice: syntaxAdvice,
    cause,
  });
}

export function xmlRefusedError(what: string): XmlError {
  return new XmlError({
    code: 'WB_XML_REFUSED',
    action: 'parse XML',
    observed: `it has ${what}`,
    advice:
      'Document types and entities are refused because they can read files and fill the memory; libvirt has none.',
  });
}

export function xpathError(xpath: string, observed: string, cause?: unknown): XmlError {
  const shown = xpath.length > 200 ? `${xpath.slice(0, 197)}...` : xpath;
  return new XmlError({
    code: 'WB_XML_XPATH',
    action: `evaluate the XPath ${JSON.stringify(shown)}`,
    observed,
    advice: 'Correct the expression; a prefix that it uses has to be among the given namespaces.',
    cause,
  });
}
