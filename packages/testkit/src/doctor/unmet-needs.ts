import type { Need, Discovered } from '../needs.js';
import { tooOld } from '../release-knowledge.js';
import type { Release } from '../release.js';

/** A need of a case that this cloud does not meet. */
export interface UnmetNeed {
  /** In words: "2 computes that are up". */
  readonly need: string;
  /** What was found instead. */
  readonly found: string;
}

/** Looks at needs, each once however many cases have it. */
export class NeedsLook {
  readonly #found: Discovered & { readonly release: Release };
  readonly #looked = new Map<string, Promise<readonly UnmetNeed[]>>();

  constructor(found: Discovered & { readonly release: Release }) {
    this.#found = found;
  }

  /** Everything that a case misses, not only the first of it. Nothing is waited for. */
  async unmet({
    needs = [],
    since,
  }: {
    readonly needs?: readonly Need[] | undefined;
    readonly since?: number | undefined;
  }): Promise<readonly UnmetNeed[]> {
    const old = tooOld(this.#found.release, since) === undefined ? [] : [this.#release(since)];
    return [...old, ...(await Promise.all(needs.map((need) => this.#look(need)))).flat()];
  }

  #release(since: number | undefined): UnmetNeed {
    return { need: `Nova ${since ?? ''}`, found: this.#found.release.text };
  }

  #look(need: Need): Promise<readonly UnmetNeed[]> {
    let look = this.#looked.get(need.text);
    if (look === undefined) {
      look = need.missing(this.#found).then(
        (missing) => (missing === undefined ? [] : [{ need: need.text, found: missing.evidence }]),
        (error: unknown) => [
          { need: need.text, found: error instanceof Error ? error.message : String(error) },
        ],
      );
      this.#looked.set(need.text, look);
    }
    return look;
  }
}
