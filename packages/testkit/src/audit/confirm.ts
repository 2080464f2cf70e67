import { identityOf, type Violation } from '@whitebox/invariants';

/** A violation, and when it was seen; the same evidence each time. */
export interface Suspicion {
  readonly violation: Violation;
  /** Of `takenAt` of the looks. */
  readonly first: Date;
  readonly last: Date;
  readonly times: number;
}

export interface Rules {
  /** Milliseconds for which what Nova may put right by itself has to be there. */
  readonly settleMs: number;
  /** Milliseconds beside the interval that a periodic task may take. */
  readonly graceMs: number;
  /** Milliseconds that are waited for something at the most. */
  readonly patienceMs: number;
  /** Milliseconds between two looks at what nothing puts right. */
  readonly pauseMs: number;
}

/**
 * What is believed of the violations of a host, look after look. A look is no moment: its layers are read one after the other while
 * the cloud goes on, so nothing is believed that was seen once. What changes between two looks is another suspicion.
 */
export class Suspicions {
  #known = new Map<string, Suspicion>();

  /** For the next audit: what Nova takes longer to put right than one audit waits. */
  slow(): Suspicions {
    const kept = new Suspicions();
    for (const [identity, suspicion] of this.#known)
      if (suspicion.violation.settlesWithinS !== undefined) kept.#known.set(identity, suspicion);
    return kept;
  }

  /** What a look has shown; whatever it does not show any more is forgotten. */
  add(takenAt: Date, violations: readonly Violation[]): void {
    const next = new Map<string, Suspicion>();
    for (const violation of violations) {
      const identity = identityOf(violation);
      const before = this.#known.get(identity);
      const same =
        before?.violation.expected === violation.expected && before.violation.found === violation.found;
      next.set(
        identity,
        same
          ? { violation, first: before.first, last: takenAt, times: before.times + 1 }
          : { violation, first: takenAt, last: takenAt, times: 1 },
      );
    }
    this.#known = next;
  }

  /** What has been there long enough. */
  confirmed(rules: Rules): readonly Suspicion[] {
    return [...this.#known.values()].filter((suspicion) => isConfirmed(suspicion, rules));
  }

  /** What has not. */
  open(rules: Rules): readonly Suspicion[] {
    return [...this.#known.values()].filter((suspicion) => !isConfirmed(suspicion, rules));
  }

  /** When to look again; undefined: nothing is open. */
  nextLook(rules: Rules): Date | undefined {
    const times = this.open(rules).flatMap(({ violation, first, last, times: seen }) => {
      const soon = last.getTime() + rules.pauseMs;
      // What may pass is looked at twice at the end, so that it is not by chance there at both.
      if (!violation.transient) return [soon];
      const end = first.getTime() + settleMs(violation, rules);
      if (end - last.getTime() > rules.patienceMs) return [];
      return [seen === 1 || soon < end ? end : soon];
    });
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }
}

function isConfirmed({ violation, first, last, times }: Suspicion, rules: Rules): boolean {
  const ms = last.getTime() - first.getTime();
  return violation.transient
    ? times >= 3 && ms >= settleMs(violation, rules)
    : times >= 2 && ms >= rules.pauseMs;
}

function settleMs({ settlesWithinS = 0 }: Violation, rules: Rules): number {
  return Math.max(rules.settleMs, settlesWithinS * 1000 + rules.graceMs);
}
