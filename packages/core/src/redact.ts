const MASK = '***';

/** The end of a name: what stands before it is kept anyway. */
const NAME = '(?:password|passwd|secret|token)';
/** Not `{` or `[`: in JSON more names follow. */
const BARE = String.raw`[^\s"',{[][^\s"',]*`;
const VALUE = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'|${BARE}`;
const SCHEME = String.raw`(?:(?:bearer|basic|digest|negotiate)\s+)?`;

/** What is written before a secret, and the secret. */
const shapes = [
  new RegExp(String.raw`(${NAME}["']?\s*[:=]\s*)(${VALUE})`, 'gi'),
  new RegExp(String.raw`(\bauthorization["']?\s*[:=]\s*)(${SCHEME}(?:${VALUE}))`, 'gi'),
  new RegExp(String.raw`(--[\w-]{0,60}${NAME} )((?!-)(?:${VALUE}))`, 'gi'),
];
const passwordInUrl = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]*:)[^\s/]+@/gi;

/** Replaces secrets in everything that leaves the process: logs, reports, exceptions. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a secret. Values shorter than 4 characters are ignored: masking them would blot out ordinary text. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < 4) return;
    this.#secrets.add(secret);
    // By way of bytes: a lone surrogate cannot be encoded.
    this.#secrets.add(encodeURIComponent(Buffer.from(secret).toString()));
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  /**
   * The text without the secrets that it was told, and without what looks like one: passwords in URLs, tokens in headers,
   * `password = ...` lines, JSON, options of commands.
   */
  redact(text: string): string {
    let result = text;
    // Longest first, so that a secret that contains another one leaves nothing of itself behind.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      result = result.replaceAll(secret, MASK);
    }
    result = result.replace(passwordInUrl, `$1${MASK}@`);
    for (const shape of shapes) result = result.replace(shape, masked);
    return result;
  }
}

function masked(_whole: string, before: string, secret: string): string {
  const quote = /^["']/.exec(secret)?.[0] ?? '';
  return before + quote + MASK + quote;
}
