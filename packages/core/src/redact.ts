const MASK = '***';

/** Replaces secrets in everything that leaves the process: logs, reports, exceptions. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a secret. Values shorter than 4 characters are ignored: masking them would blot out ordinary text. */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < 4) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
  }

  /** The text without the secrets, and without passwords in URLs, tokens in headers and `password = ...` lines. */
  redact(text: string): string {
    let result = text;
    // Longest first, so that a secret that contains another one leaves nothing of itself behind.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      result = result.replaceAll(secret, MASK);
    }
    return result
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, `$1${MASK}@`)
      .replace(/((?:x-auth-token|x-subject-token|authorization)["']?\s*[:=]\s*["']?)[^\s"',]+/gi, `$1${MASK}`)
      .replace(/(\b[\w-]*(?:password|passwd|secret)["']?\s*[:=]\s*["']?)[^\s"',]+/gi, `$1${MASK}`);
  }
}
