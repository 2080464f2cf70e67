import { IniError } from './ini-error.js';
import { splitLines } from './python-text.js';

/** Well-formed sequences of more than one byte (Unicode, table 3-7), or else a single byte beyond ASCII. */
const beyondAscii = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
    '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
    '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
    '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
    '[\\x80-\\xff]',
  ].join('|'),
  'g',
);
/** A byte that is no UTF-8 becomes one of these, as with Python's surrogateescape; whole characters never hold one. */
const escapedByte = /[\udc80-\udcff]/u;

export interface Decoded {
  readonly text: string;
  /** Where the first byte is that is no UTF-8. */
  readonly problem: IniError | undefined;
}

/** The text of a file, a byte order mark included. {@link encodeUtf8} gives back the very bytes. */
export function decodeUtf8(bytes: Uint8Array, file: string | undefined): Decoded {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, problem: undefined };
  } catch (cause) {
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace(beyondAscii, (sequence) =>
        sequence.length === 1
          ? String.fromCharCode(0xdc00 + sequence.charCodeAt(0))
          : Buffer.from(sequence, 'latin1').toString('utf8'),
      );
    return { text, problem: notUtf8(text, file, cause) };
  }
}

export function encodeUtf8(text: string): Uint8Array {
  if (!escapedByte.test(text)) return Buffer.from(text);
  return Buffer.concat(
    text
      .split(/([\udc80-\udcff])/u)
      .map((piece) =>
        escapedByte.test(piece) ? Buffer.of(piece.charCodeAt(0) - 0xdc00) : Buffer.from(piece),
      ),
  );
}

function notUtf8(text: string, file: string | undefined, cause: unknown): IniError {
  const before = splitLines(text.slice(0, text.search(escapedByte)) + '?');
  const line = before.length;
  const column = before.at(-1)?.length ?? 1;
  return new IniError({
    code: 'WB_INI_NOT_UTF8',
    action: `read ${file ?? 'the configuration'}:${line}:${column}`,
    observed: 'these bytes are no UTF-8, and oslo.config refuses the file',
    advice: 'Save the file as UTF-8; such bytes are mostly letters with accents in a comment.',
    file,
    line,
    column,
    cause,
  });
}
