import type { CaseResult } from './case-result.js';

/** Where progress is written: a terminal or a pipe. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

interface Running {
  readonly name: string;
  readonly started: number;
  readonly step: string;
}

const verdictWords = { passed: 'PASS', failed: 'FAIL', skipped: 'SKIP' } as const;
const colours = { passed: '\u001b[32m', failed: '\u001b[31m', skipped: '\u001b[33m' } as const;

/**
 * Shows cases as they run. On a terminal a live line tells the running case, its step and its time; in a pipe there is
 * one line for each finished case and nothing else.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #live: boolean;
  readonly #repeat: number;
  /** By id; the one that told something last is the last. */
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | undefined;

  /** @param repeat how many times in a row each case runs */
  constructor(screen: Screen, repeat = 1) {
    this.#repeat = repeat;
    this.#screen = screen;
    this.#live = screen.isTTY === true;
  }

  started(id: string, name: string, attempt?: number): void {
    this.#running.set(id, { name: `${name}${this.#which(attempt)}`, started: performance.now(), step: '' });
    if (!this.#live) return;
    this.#draw();
    this.#timer ??= setInterval(() => {
      this.#draw();
    }, 1000).unref();
  }

  step(id: string, text: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) {
      this.#running.delete(id);
      this.#running.set(id, { ...running, step: text });
    }
    if (this.#live) this.#draw();
  }

  ended(result: CaseResult): void {
    this.#clear();
    this.#running.delete(result.id);
    this.#screen.write(`${this.#verdict(result)}\n`);
  }

  /** A line of its own between the cases. */
  note(text: string): void {
    this.#clear();
    this.#screen.write(`${text}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #verdict(result: CaseResult): string {
    const word = verdictWords[result.verdict];
    const coloured = this.#live ? `${colours[result.verdict]}${word}\u001b[0m` : word;
    const lines = [
      `${coloured}  ${seconds(result.durationMs).padStart(7)}  ${result.id}${this.#which(result.attempt)}`,
    ];
    if (result.reason !== undefined) lines.push(indent(`skipped: ${result.reason}`));
    if (result.verdict === 'failed') lines.push(indent(failureReport(result)));
    return lines.join('\n');
  }

  #which(attempt: number | undefined): string {
    return attempt === undefined ? '' : ` (${attempt} of ${this.#repeat})`;
  }

  #draw(): void {
    const last = [...this.#running.values()].at(-1);
    if (last === undefined) return;
    const { name, started, step } = last;
    const others = this.#running.size > 1 ? `(and ${this.#running.size - 1} more)  ` : '';
    const line = `  …  ${seconds(performance.now() - started).padStart(7)}  ${others}${name}${step === '' ? '' : ` — ${step}`}`;
    const width = this.#screen.columns ?? 80;
    this.#screen.write(`\r\u001b[K${line.length >= width ? `${line.slice(0, width - 2)}…` : line}`);
  }

  #clear(): void {
    if (this.#live) this.#screen.write('\r\u001b[K');
  }
}

/** What a reader needs of a failed case: what was expected and where, what every layer said, and how it came to that. */
function failureReport({ failures, evidence, steps }: CaseResult): string {
  const parts = failures.map(({ message, at, code }) =>
    [message, ...(at === undefined ? [] : [`at ${at}${code === undefined ? '' : `    ${code}`}`])].join('\n'),
  );
  if (steps.length > 0) {
    const lines = steps.map(({ atMs, text }) => `${seconds(atMs).padStart(9)}  ${text}`);
    parts.push(['What it did:', ...lines].join('\n'));
  }
  return [...parts.slice(0, failures.length), ...evidence, ...parts.slice(failures.length)].join('\n\n');
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `        ${line}`))
    .join('\n');
}
