import { XmlError, xmlRefusedError, xmlSyntaxError, xpathError } from './errors.js';

/** Characters (or bytes) of a document at the most: a hundred times the largest that libvirt writes. */
const MAX_LENGTH = 8 * 1024 * 1024;
/** Tags of a document at the most, opening and closing ones counted. */
const MAX_TAGS = 200_000;
/** Attributes of one element at the most: old versions of libxml2 need quadratic time for them. */
const MAX_ATTRIBUTES = 1000;
/** Characters of the XML declaration at the most. */
const MAX_DECLARATION = 200;
const MAX_XPATH = 4096;

const advice = 'Look at where the text came from; nothing that libvirt writes comes near the limit.';

/**
 * The text, when it may be given to a parser. What is refused here never reaches one, whichever engine is in use.
 *
 * @throws XmlError `WB_XML_TOO_LARGE`, `WB_XML_ENCODING`, `WB_XML_REFUSED`, `WB_XML_SYNTAX`
 */
export function guardText(xml: string | Uint8Array): string {
  if (xml.length > MAX_LENGTH) {
    throw tooLarge(
      `${xml.length} ${typeof xml === 'string' ? 'characters' : 'bytes'}, ${MAX_LENGTH} are allowed`,
    );
  }
  // Anywhere, not only in front, where it is the byte order mark: libxml2-wasm loses some of them and keeps others.
  const text = (typeof xml === 'string' ? xml : decode(xml)).replaceAll('\uFEFF', '');
  if (/[\uD800-\uDFFF]/u.test(text)) throw encodingError('half a surrogate pair');
  if (text.includes('\0')) throw xmlSyntaxError('it has a NUL character');
  // Anywhere, also in comments and CDATA: to find out where those end is the work of a parser.
  if (/<!DOCTYPE/i.test(text)) throw xmlRefusedError('a DOCTYPE');
  if (/<!ENTITY/i.test(text)) throw xmlRefusedError('an entity declaration');
  countTagsAndAttributes(text);
  return withoutEncoding(text);
}

/** The text is decoded already, so what its declaration says of the encoding is out of date. */
function withoutEncoding(text: string): string {
  if (!/^<\?xml\s/.test(text)) return text;
  const end = text.indexOf('?>');
  if (end === -1) return text; // the parser will say so
  // The pattern below takes quadratic time for a long one.
  if (end > MAX_DECLARATION) throw xmlSyntaxError(`line 1: the XML declaration has ${end} characters`);
  return text.slice(0, end).replace(/\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')/, '') + text.slice(end);
}

/** @throws XmlError `WB_XML_XPATH` for what one of the engines cannot be trusted with */
export function guardXPath(xpath: string): void {
  if (xpath.length > MAX_XPATH) throw xpathError(xpath, `it is longer than ${MAX_XPATH} characters`);
  if (xpath.includes('\0')) throw xpathError(xpath, 'it has a NUL character');
  // libxmljs2 takes the namespace nodes of XPath for elements and reads beyond them.
  if (/namespace\s*::/.test(xpath)) throw xpathError(xpath, 'the namespace axis is not supported');
}

/** No attribute value can have a `<`, so all attributes of an element stand before the next one. */
function countTagsAndAttributes(text: string): void {
  // ` a=""` is the shortest attribute. Most domains are too short for any of this.
  if (text.length < MAX_ATTRIBUTES * 5) return;
  let tags = 0;
  let equalSigns = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x3c) {
      tags++;
      equalSigns = 0;
      if (tags > MAX_TAGS) throw tooLarge(`more than ${MAX_TAGS} tags`);
    } else if (character === 0x3d) {
      equalSigns++;
      if (equalSigns > MAX_ATTRIBUTES)
        throw tooLarge(`more than ${MAX_ATTRIBUTES} attributes in one element`);
    }
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw encodingError('bytes that are not UTF-8', error);
  }
}

function encodingError(what: string, cause?: unknown): XmlError {
  return new XmlError({
    code: 'WB_XML_ENCODING',
    action: 'parse XML',
    observed: `it has ${what}`,
    advice: 'Read the text as UTF-8, which is what libvirt writes.',
    cause,
  });
}

function tooLarge(observed: string): XmlError {
  return new XmlError({ code: 'WB_XML_TOO_LARGE', action: 'parse XML', observed, advice });
}
