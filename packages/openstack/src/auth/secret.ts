import { inspect } from 'node:util';

/** A secret that cannot be printed by accident: every way of turning it into text gives `***` but {@link reveal}. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return 'Secret(***)';
  }
}

export function reveal(secret: Secret | string): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}
