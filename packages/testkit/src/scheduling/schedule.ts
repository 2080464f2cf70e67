import { hostsOf, type Claim } from './claim.js';
import { place, type Placement } from './placing.js';
import type { Room } from './room.js';

/** A case that waits for its turn, or has it. */
export interface Candidate {
  readonly id: string;
  /** Undefined: the whole cloud, alone. */
  readonly claim: Claim | undefined;
  /** Cases of the same group want the same configuration: those that are alone follow each other. */
  readonly group?: string | undefined;
  /** Milliseconds that it took in the last run, where that is known. */
  readonly lastMs?: number | undefined;
}

/** A case whose turn it is. */
export interface Begun {
  readonly candidate: Candidate;
  /** Undefined: it has the whole cloud alone. */
  readonly placement: Placement | undefined;
}

export interface ScheduleOptions {
  readonly room: Room;
  /** Cases at the same time, at most. */
  readonly jobs: number;
  /** Decides between cases that take as long. */
  readonly seed: number;
}

/**
 * Which cases run beside each other: those that want hosts of their own first, as nobody else may come there, then the
 * longest; later ones where earlier ones do not fit yet; and those that want the cloud alone one by one at the end, so that it
 * has to become quiet only once.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  #waiting: Candidate[] = [];
  readonly #running = new Map<Candidate, Placement | undefined>();

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  add(candidate: Candidate): void {
    this.#waiting.push(candidate);
    this.#waiting.sort((a, b) => this.#compare(a, b));
  }

  /** Whoever waits no longer. */
  withdraw(candidate: Candidate): void {
    this.#waiting = this.#waiting.filter((other) => other !== candidate);
  }

  /** What may begin now, and counts as running from now on. */
  next(): readonly Begun[] {
    const begun: Begun[] = [];
    for (const candidate of this.#waiting) {
      const found = this.#begin(candidate);
      if (found === undefined) continue;
      this.#running.set(candidate, found.placement);
      begun.push(found);
    }
    this.#waiting = this.#waiting.filter((candidate) => !this.#running.has(candidate));
    return begun;
  }

  end(candidate: Candidate): void {
    this.#running.delete(candidate);
  }

  /** Whether a case has the cloud alone: one without a claim, or one whose claim no host can hold, as its needs will tell. */
  alone({ claim }: Candidate): boolean {
    return claim === undefined || place(claim, [], this.#options.room) === undefined;
  }

  #begin(candidate: Candidate): Begun | undefined {
    const { jobs, room } = this.#options;
    const { claim } = candidate;
    if (claim === undefined || this.alone(candidate)) {
      return this.#running.size === 0 ? { candidate, placement: undefined } : undefined;
    }
    if (this.#running.size >= jobs) return undefined;
    const placed = [];
    for (const [other, placement] of this.#running) {
      if (placement === undefined || other.claim === undefined) return undefined;
      placed.push({ claim: other.claim, placement });
    }
    const placement = place(claim, placed, room);
    return placement === undefined ? undefined : { candidate, placement };
  }

  #compare(a: Candidate, b: Candidate): number {
    const rank = this.#rank(a) - this.#rank(b);
    if (rank !== 0) return rank;
    const [groupA, groupB] = [a.group ?? '', b.group ?? ''];
    if (groupA !== groupB) return groupA < groupB ? -1 : 1;
    // A case of which nothing is known may be the longest.
    const [longA, longB] = [a.lastMs ?? Infinity, b.lastMs ?? Infinity];
    if (longA !== longB) return longB > longA ? 1 : -1;
    return mix(this.#options.seed, a.id) - mix(this.#options.seed, b.id) || (a.id < b.id ? -1 : 1);
  }

  #rank(candidate: Candidate): number {
    if (candidate.claim === undefined || this.alone(candidate)) return 2;
    return hostsOf(candidate.claim).own > 0 ? 0 : 1;
  }
}

/** FNV-1a over 32 bits. */
function mix(seed: number, text: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}:${text}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
