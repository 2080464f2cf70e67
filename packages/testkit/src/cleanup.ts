/** Undoes things in the reverse order; every undo is tried, whatever happens to the others. */
export class CleanupStack {
  readonly #undos: { readonly what: string; readonly undo: () => Promise<void> }[] = [];

  #closed = false;

  /** @throws Error once cleaning up has begun: what a body that was given up still tries to make must not be made */
  add(what: string, undo: () => Promise<void>): void {
    if (this.#closed) throw new Error(`The case is over; nobody would ${what} any more.`);
    this.#undos.push({ what, undo });
  }

  /** Whether cleaning up has begun. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @throws AggregateError when undos failed, with the error of each and what it was for */
  async run(): Promise<void> {
    this.#closed = true;
    const failures: Error[] = [];
    for (let last = this.#undos.pop(); last !== undefined; last = this.#undos.pop()) {
      try {
        await last.undo();
      } catch (error) {
        failures.push(new Error(`Could not ${last.what}: ${messageOf(error)}`, { cause: error }));
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
