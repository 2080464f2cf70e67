/** Where progress is written: a terminal or a pipe. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** Some columns stay free: what is typed (^C) shows there, and must not begin a new line. */
const spare = 4;

/** Lines at the bottom of a terminal that are drawn over and over, while what is written above them stays. */
export class LiveBlock {
  readonly #screen: Screen;
  /** Characters of each line that is there now. */
  #drawn: readonly number[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Columns that a line may have. */
  get width(): number {
    return Math.max(1, columnsOf(this.#screen) - spare);
  }

  /** Lines that fit below some of what was written before. */
  get height(): number {
    return Math.max(1, Math.min(12, (this.#screen.rows ?? 24) - 4));
  }

  /** @param above written for good, with its last end of line */
  draw(lines: readonly string[], above = ''): void {
    const fitting = lines.slice(0, this.height).map((line) => cut(line, this.width));
    this.#screen.write(`${this.#erase()}${above}${fitting.join('\n')}`);
    this.#drawn = fitting.map((line) => line.length);
  }

  /** A terminal that has become narrower since has broken the lines into several. */
  #erase(): string {
    if (this.#drawn.length === 0) return '';
    const columns = columnsOf(this.#screen);
    const rows = this.#drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`;
  }
}

/** At most so many characters, in one line. */
export function cut(text: string, width: number): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ');
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}

/** A terminal of which nobody knows the size says that it has 0 columns. */
function columnsOf({ columns }: Screen): number {
  return columns === undefined || columns < 1 ? 80 : columns;
}
