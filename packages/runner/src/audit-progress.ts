import type { AuditProgress } from '@whitebox/testkit';
import type { Screen } from './live-block.js';

/** How far an audit is, in one line that is written anew; nothing where there is no terminal. */
export class AuditProgressLine {
  readonly #screen: Screen;
  #written = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show({ hosts, looked, done, waiting }: AuditProgress): void {
    if (this.#screen.isTTY !== true) return;
    const again =
      looked === hosts && waiting > 0 ? `; looking again at ${waiting}, since what was seen may pass` : '';
    const line = `${done} of ${hosts} hosts judged, ${looked} read${again}`.slice(
      0,
      (this.#screen.columns ?? 80) - 1,
    );
    this.#screen.write(`\r${line.padEnd(this.#written)}`);
    this.#written = line.length;
  }

  clear(): void {
    if (this.#written > 0) this.#screen.write(`\r${' '.repeat(this.#written)}\r`);
    this.#written = 0;
  }
}
