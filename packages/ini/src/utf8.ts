import { IniError } from './ini-error.js';

const LF = 0x0a;

/** The text of a file, a byte order mark included; no byte is replaced. */
export function decodeUtf8(bytes: Uint8Array, file: string | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const { line, column } = firstFault(bytes);
    throw new IniError({
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
}

function firstFault(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
  let line = 1;
  for (let start = 0; start <= bytes.length; line += 1) {
    const end = bytes.indexOf(LF, start);
    const content = bytes.subarray(start, end < 0 ? bytes.length : end);
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      return { line, column: lenient.decode(content).indexOf('\ufffd') + 1 };
    }
    if (end < 0) break;
    start = end + 1;
  }
  return { line, column: 1 };
}
