// What a person sees while something takes a while: on a terminal the running tasks with their times at the bottom, in
// a pipe one plain line when a task starts and one when it ends.

/** @typedef {'ok' | 'failed' | 'skipped'} Verdict */

/**
 * @typedef {object} Task
 * @property {(detail: string) => void} update what it is doing now; shown on a terminal only
 * @property {(verdict: Verdict, detail?: string) => void} end
 */

const marks = { ok: '✓', failed: '✗', skipped: '-' };
const colours = { ok: 32, failed: 31, skipped: 33 };
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** @param {number} seconds */
export function formatSeconds(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, '0')} s`;
}

export class Progress {
  #stream;
  #live;
  #shown = 0;
  #frame = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {Map<symbol, { title: string, detail: string, started: number }>} */
  #tasks = new Map();

  /**
   * @param {NodeJS.WriteStream} [stream]
   * @param {boolean} [live] whether lines can be written over
   */
  constructor(
    stream = process.stdout,
    live = stream.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
  ) {
    this.#stream = stream;
    this.#live = live;
  }

  /**
   * Prints a line; tasks that run stay below it.
   * @param {string} text
   */
  line(text) {
    this.#erase();
    this.#stream.write(`${text}\n`);
    this.#draw();
  }

  /**
   * @param {string} title
   * @returns {Task}
   */
  start(title) {
    const id = Symbol(title);
    const task = { title, detail: '', started: performance.now() };
    this.#tasks.set(id, task);
    if (this.#live) {
      this.#timer ??= setInterval(() => {
        this.#frame += 1;
        this.#erase();
        this.#draw();
      }, 120);
      this.#erase();
      this.#draw();
    } else {
      this.#stream.write(`… ${title}\n`);
    }
    return {
      update: (detail) => {
        task.detail = detail;
      },
      end: (verdict, detail = '') => {
        this.#tasks.delete(id);
        const seconds = formatSeconds((performance.now() - task.started) / 1000);
        this.line(`${this.#mark(verdict)} ${title}  ${this.#dim(seconds)}${detail && `  ${detail}`}`);
        if (this.#tasks.size === 0) this.stop();
      },
    };
  }

  /** Gives the terminal to somebody else. */
  stop() {
    this.#erase();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @param {string} text */
  #dim(text) {
    return this.#live ? `\u001b[2m${text}\u001b[0m` : text;
  }

  /** @param {Verdict} verdict */
  #mark(verdict) {
    return this.#live ? `\u001b[${String(colours[verdict])}m${marks[verdict]}\u001b[0m` : marks[verdict];
  }

  #erase() {
    if (this.#shown === 0) return;
    this.#stream.write(`\u001b[${String(this.#shown)}A\u001b[0J`);
    this.#shown = 0;
  }

  #draw() {
    if (!this.#live) return;
    const width = (this.#stream.columns || 80) - 1;
    for (const { title, detail, started } of this.#tasks.values()) {
      const sign = spinner[this.#frame % spinner.length] ?? '';
      const seconds = Math.floor((performance.now() - started) / 1000);
      const time = `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
      this.#stream.write(`${`${sign} ${title}  ${time}${detail && `  ${detail}`}`.slice(0, width)}\n`);
      this.#shown += 1;
    }
  }
}
