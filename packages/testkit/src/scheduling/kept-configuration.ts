import { CleanupStack } from '../cleanup.js';

/** A configuration that is in force for cases which want the same. */
interface Kept {
  readonly key: string;
  readonly undo: CleanupStack;
  /** Whether it was not made whole; nobody else gets it then. */
  broken?: boolean;
  givingBack?: Promise<void>;
}

/**
 * Keeps a configuration from one case to the next that wants the same, so that its services are restarted once for all of them,
 * and gives it back as soon as no such case is to come, or another one begins.
 */
export class KeptConfigurations {
  /** Key -> cases that want it and have not begun. */
  readonly #coming = new Map<string, number>();
  #kept: Kept | undefined;

  /** A case that wants it will run. */
  expect(key: string): void {
    this.#coming.set(key, (this.#coming.get(key) ?? 0) + 1);
  }

  /**
   * Before anything else of a case; gives back what it does not want.
   *
   * @param key what it wants; undefined: what the cloud has
   */
  async begin(key: string | undefined): Promise<void> {
    if (key !== undefined) this.#coming.set(key, (this.#coming.get(key) ?? 0) - 1);
    if (this.#kept?.key !== key) await this.#giveBack();
  }

  /** Has it in force: as it was kept, or with `make`, which says how it is undone. */
  async enter(key: string, make: (undo: CleanupStack) => Promise<void>): Promise<'kept' | 'made'> {
    if (this.#kept?.key === key) return 'kept';
    const undo = new CleanupStack();
    const kept: Kept = { key, undo };
    this.#kept = kept;
    try {
      await make(undo);
    } catch (error) {
      kept.broken = true;
      throw error;
    }
    return 'made';
  }

  /**
   * After everything else of a case, whether it came to {@link enter} or not.
   *
   * @param last whether no case shall follow
   * @throws AggregateError of the {@link CleanupStack} where it could not be given back
   */
  async leave(key: string, last: boolean): Promise<void> {
    const nobody = (this.#coming.get(key) ?? 0) <= 0;
    if (last || nobody || this.#kept?.broken === true) await this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    const kept = this.#kept;
    if (kept === undefined) return;
    kept.givingBack ??= kept.undo.run();
    try {
      await kept.givingBack;
    } finally {
      if (this.#kept === kept) this.#kept = undefined;
    }
  }
}
