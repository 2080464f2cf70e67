/** What {@link runScript} said of the program that it became. */
export interface Launched {
  readonly pid: string;
  /** In clock ticks since boot, as /proc/pid/stat has it; empty where there is no /proc. */
  readonly startTime: string;
}

const maxNoiseBytes = 1024 * 1024;

/** Takes what the run script wrote out of a program's standard output, and noise of login scripts before it. */
export class LaunchHeader {
  launched: Launched | undefined;
  /** Exit status of the shell when it could not start the program: 127 for "no such program". */
  failedStatus: number | undefined;
  readonly #word: Buffer;
  readonly #failure: Buffer;
  #held: Buffer = Buffer.alloc(0);
  #passing = false;

  constructor(word: string) {
    this.#word = Buffer.from(`${word} `);
    this.#failure = Buffer.from(`\u0001${word} `);
  }

  /** What came instead, when the header never came. */
  get noise(): string {
    return this.launched === undefined ? this.#held.toString('utf8') : '';
  }

  /** The part of the chunk that the program itself wrote. */
  take(chunk: Uint8Array): Uint8Array {
    if (this.#passing) return chunk;
    this.#held = Buffer.concat([this.#held, chunk]);
    if (this.launched === undefined && !this.#findHeader()) return new Uint8Array();
    // The program's first byte is hardly ever \x01, so nothing waits here.
    const known = Math.min(this.#held.length, this.#failure.length);
    if (known === 0) return new Uint8Array();
    if (this.#held.subarray(0, known).equals(this.#failure.subarray(0, known))) {
      if (this.#held.at(-1) !== 0x0a || known < this.#failure.length) return new Uint8Array();
      this.failedStatus = Number(this.#held.subarray(this.#failure.length).toString('latin1'));
      this.#held = Buffer.alloc(0);
      return this.#held;
    }
    return this.rest();
  }

  /** Whatever is still held back when the output has ended. */
  rest(): Uint8Array {
    if (this.launched === undefined) return new Uint8Array();
    this.#passing = true;
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }

  #findHeader(): boolean {
    const start = this.#held.indexOf(this.#word);
    const end = start < 0 ? -1 : this.#held.indexOf(0x0a, start);
    if (end < 0) {
      if (start < 0 && this.#held.length > maxNoiseBytes) {
        this.#held = this.#held.subarray(-this.#word.length);
      }
      return false;
    }
    const line = this.#held.subarray(start + this.#word.length, end).toString('latin1');
    this.#held = this.#held.subarray(end + 1);
    const pid = line.slice(0, line.indexOf(' '));
    // The second field of stat, the name, may hold anything but ends with the last parenthesis.
    const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ');
    this.launched = { pid, startTime: line.includes(') ') ? (fields[19] ?? '') : '' };
    return true;
  }
}
