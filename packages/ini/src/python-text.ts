// What Python calls blank differs from what JavaScript calls blank: str.strip() takes away the separators U+001C to
// U+001F and U+0085, and leaves the byte order mark U+FEFF in place.
const BLANK = '\\t\\n\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leading = new RegExp(`^[${BLANK}]+`);
const blank = new RegExp(`[${BLANK}]`);

/** `str.lstrip()` of Python. */
export function stripStart(text: string): string {
  return text.replace(leading, '');
}

/** `str.rstrip()` of Python. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && blank.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** `str.strip()` of Python. */
export function strip(text: string): string {
  return stripStart(stripEnd(text));
}

/**
 * The lines of a text as Python's text files give them (universal newlines: LF, CR LF and a lone CR end a line, nothing
 * else does), each with its ending, so that joining them gives the text back.
 */
export function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** The line ending at the end of a line, '' when it has none. */
export function endingOf(line: string): '' | '\n' | '\r' | '\r\n' {
  if (line.endsWith('\r\n')) return '\r\n';
  if (line.endsWith('\n')) return '\n';
  return line.endsWith('\r') ? '\r' : '';
}
