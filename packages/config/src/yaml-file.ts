import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';

export interface YamlFault {
  readonly message: string;
  readonly line: number;
}

/** A YAML file that can tell in which line something stands. */
export class YamlFile {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  private constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Reads YAML 1.1, as Python's yaml.safe_load does (`<<`, `yes`, `0o10`). */
  static parse(text: string): YamlFile | YamlFault {
    const lines = new LineCounter();
    const document = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false });
    const [fault] = document.errors;
    if (fault === undefined) return new YamlFile(document, lines);
    return { message: fault.message, line: lines.linePos(fault.pos[0]).line };
  }

  content(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** The line of the last name of the path, or of the nearest that is there. */
  lineOf(path: readonly (string | number)[]): number {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const step of path) {
      if (!isMap(node)) break;
      const pair = node.items.find(
        ({ key }) => isNode(key) && String(key.toJS(this.#document)) === String(step),
      );
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
    return this.#lines.linePos(offset).line;
  }
}
