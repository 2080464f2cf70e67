import type { CaseResult } from './case-result.js';
import { cut, LiveBlock, type Screen } from './live-block.js';
import type { TurnNote } from './together-protocol.js';

interface Running {
  readonly name: string;
  readonly started: number;
  readonly step: string;
  readonly turn?: TurnNote | undefined;
  readonly hosts: readonly string[];
}

const verdictWords = { passed: 'PASS', failed: 'FAIL', skipped: 'SKIP' } as const;
const colours = { passed: '\u001b[32m', failed: '\u001b[31m', skipped: '\u001b[33m' } as const;

/**
 * Shows cases as they run. On a terminal lines at the bottom tell how far the run is and, of each running case, its time, what it
 * claims and its step; in a pipe there is one line for each finished case and nothing else.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #live: LiveBlock | undefined;
  readonly #repeat: number;
  readonly #running = new Map<string, Running>();
  readonly #began = performance.now();
  readonly #done = { passed: 0, failed: 0, skipped: 0 };
  #expected: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param repeat how many times in a row each case runs */
  constructor(screen: Screen, repeat = 1) {
    this.#repeat = repeat;
    this.#screen = screen;
    this.#live = screen.isTTY === true ? new LiveBlock(screen) : undefined;
  }

  /** @param cases how many are about to run; undefined where nobody knows */
  expect(cases: number | undefined): void {
    this.#expected = cases === undefined ? undefined : cases * this.#repeat;
  }

  started(id: string, name: string, attempt?: number, turn?: TurnNote): void {
    const started = performance.now();
    this.#running.set(id, { name: `${name}${this.#which(attempt)}`, started, step: '', turn, hosts: [] });
    if (this.#live === undefined) return;
    this.#draw();
    this.#timer ??= setInterval(() => {
      this.#draw();
    }, 1000).unref();
  }

  step(id: string, text: string): void {
    this.#change(id, { step: text });
  }

  /** Where its servers are now. */
  hosts(id: string, hosts: readonly string[]): void {
    this.#change(id, { hosts });
  }

  #change(id: string, change: Partial<Running>): void {
    const running = this.#running.get(id);
    if (running !== undefined) this.#running.set(id, { ...running, ...change });
    this.#draw();
  }

  ended(result: CaseResult): void {
    this.#running.delete(result.id);
    this.#done[result.verdict] += 1;
    this.note(this.#verdict(result));
  }

  /** A line of its own between the cases. */
  note(text: string): void {
    if (this.#live === undefined) this.#screen.write(`${text}\n`);
    else this.#live.draw(this.#lines(), `${text}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#running.clear();
    this.#live?.draw([]);
  }

  #verdict(result: CaseResult): string {
    const word = verdictWords[result.verdict];
    const coloured = this.#live === undefined ? word : `${colours[result.verdict]}${word}\u001b[0m`;
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
    if (this.#live !== undefined && this.#running.size > 0) this.#live.draw(this.#lines());
  }

  /** The longest running ones first; the last line is how far the run is. */
  #lines(): readonly string[] {
    if (this.#live === undefined || this.#running.size === 0) return [];
    const { width, height } = this.#live;
    const running = [...this.#running.values()];
    const most = Math.max(1, height - 1);
    const shown = running.length > most ? running.slice(0, Math.max(1, most - 1)) : running;
    const left = running.length - shown.length;
    return [
      ...shown.map((one) => runningLine(one, width)),
      ...(left === 0 ? [] : [`           and ${left} more`]),
      this.#howFar(),
    ];
  }

  #howFar(): string {
    const { passed, failed, skipped } = this.#done;
    const all = passed + failed + skipped;
    const of = this.#expected === undefined ? '' : ` of ${this.#expected}`;
    const words = [
      `${all}${of} done`,
      ...(failed === 0 ? [] : [`${failed} failed`]),
      ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ];
    return `${seconds(performance.now() - this.#began).padStart(9)}  ${words.join(', ')}`;
  }
}

/** "   12.3 s  [2 CPUs, compute1] a sentence — live migrate wb-1 to compute1"; what is too long is cut, the step not away. */
function runningLine({ name, started, step, turn, hosts }: Running, width: number): string {
  const before = `${seconds(performance.now() - started).padStart(9)}  ${placed(turn, hosts)}`;
  const room = Math.max(0, width - before.length);
  const whole = step === '' ? name : `${name} — ${step}`;
  if (whole.length <= room || step === '' || room < 30) return `${before}${whole}`;
  const stepRoom = Math.min(step.length, Math.floor(room / 2));
  return `${before}${cut(name, room - stepRoom - 3)} — ${cut(step, stepRoom)}`;
}

/** "[2 CPUs, compute1] ": what it claims, where cases run side by side, and where its servers are. */
function placed(turn: TurnNote | undefined, hosts: readonly string[]): string {
  const others = hosts.filter((host) => turn?.own?.includes(host) !== true);
  const words = [...(turn === undefined ? [] : [claimOf(turn)]), ...others];
  return words.length === 0 ? '' : `[${words.join(', ')}] `;
}

/** "2 CPUs, hugepages, compute1 alone" */
function claimOf({ claim, own = [] }: TurnNote): string {
  if (claim === null) return 'alone';
  const cpus = (claim.dedicatedCpus ?? 0) * (claim.cells ?? 1);
  const words = [
    ...(cpus === 0 ? [] : [`${cpus} CPU${cpus === 1 ? '' : 's'}`]),
    ...(claim.exclusive ?? []),
    ...own.map((host) => `${host} alone`),
  ];
  return words.length === 0 ? 'shared' : words.join(', ');
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
