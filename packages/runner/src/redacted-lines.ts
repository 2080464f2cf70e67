import { StringDecoder } from 'node:string_decoder';
import type { Redactor } from '@whitebox/core';

/** Redacts a stream line by line: a secret may arrive in two pieces. */
export class RedactedLines {
  readonly #redactor: Redactor;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @returns the whole lines that there are now */
  push(chunk: Uint8Array): string {
    const text = this.#rest + this.#decoder.write(Buffer.from(chunk));
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.slice(end);
    return this.#redactor.redact(text.slice(0, end));
  }

  /** @returns what is left, though no line ends there */
  end(): string {
    return this.#redactor.redact(this.#rest + this.#decoder.end());
  }
}
