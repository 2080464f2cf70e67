import type { Claim } from './claim.js';
import { fit, type Room } from './room.js';

/** A case that waits for its turn, or has it. */
export interface Candidate {
  readonly id: string;
  /** Undefined: the whole cloud, alone. */
  readonly claim: Claim | undefined;
  /** Milliseconds that it took in the last run, where that is known. */
  readonly lastMs?: number | undefined;
}

export interface ScheduleOptions {
  readonly room: Room;
  /** Cases at the same time, at most. */
  readonly jobs: number;
  /** Decides between cases that take as long. */
  readonly seed: number;
}

/**
 * Which cases run beside each other: the longest first, later ones where earlier ones do not fit yet, and those that want the
 * cloud alone one by one at the end, so that it has to become quiet only once.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  #waiting: Candidate[] = [];
  readonly #running = new Set<Candidate>();

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
  next(): readonly Candidate[] {
    const begun = this.#waiting.filter((candidate) => {
      const begins = this.#fits(candidate);
      if (begins) this.#running.add(candidate);
      return begins;
    });
    this.#waiting = this.#waiting.filter((candidate) => !this.#running.has(candidate));
    return begun;
  }

  end(candidate: Candidate): void {
    this.#running.delete(candidate);
  }

  /** Whether a case has the cloud alone: one without a claim, or one whose claim no cell can hold, as its needs will tell. */
  alone({ claim }: Candidate): boolean {
    return claim === undefined || !fit([claim.dedicatedCpus ?? 0], this.#options.room);
  }

  #fits(candidate: Candidate): boolean {
    const { jobs, room } = this.#options;
    const running = [...this.#running];
    if (running.length === 0) return true;
    if (running.length >= jobs || this.alone(candidate)) return false;
    if (running.some((other) => this.alone(other))) return false;
    return fit(
      [...running, candidate].map(({ claim }) => claim?.dedicatedCpus ?? 0),
      room,
    );
  }

  #compare(a: Candidate, b: Candidate): number {
    const alone = Number(this.alone(a)) - Number(this.alone(b));
    if (alone !== 0) return alone;
    // A case of which nothing is known may be the longest.
    const [longA, longB] = [a.lastMs ?? Infinity, b.lastMs ?? Infinity];
    if (longA !== longB) return longB > longA ? 1 : -1;
    return mix(this.#options.seed, a.id) - mix(this.#options.seed, b.id) || (a.id < b.id ? -1 : 1);
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
