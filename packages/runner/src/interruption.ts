const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C and its relatives: the first one asks for a graceful end, the second one says that cleaning up goes on, the
 * third one ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #say: (message: string) => void;
  #times = 0;

  constructor(say: (message: string) => void) {
    this.#say = say;
    for (const signal of signals) process.on(signal, this.#handle);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of signals) process.off(signal, this.#handle);
  }

  readonly #handle = (signal: NodeJS.Signals): void => {
    this.#times += 1;
    if (this.#times === 1) {
      this.#say(`${signal}: the running case cleans up, then the run ends.`);
      this.#controller.abort(new Error(`interrupted by ${signal}`));
    } else if (this.#times === 2) {
      this.#say('Still cleaning up; once more leaves what is left for "whitebox recover".');
    } else {
      process.exit(130);
    }
  };
}
