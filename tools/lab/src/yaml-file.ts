import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';

/** A YAML file that can tell in which line something stands. */
export interface YamlFile {
  readonly content: unknown;
  /** The line of the last name of the path, or of the nearest that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** The first thing that makes a text no YAML. */
export interface YamlFault {
  readonly fault: string;
  readonly line: number;
}

export function readYaml(text: string): YamlFile | YamlFault {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return { fault: error.message, line: lines.linePos(error.pos[0]).line };
  return {
    content: document.toJS({ maxAliasCount: 100 }),
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
  };
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isNode(key) && String(key.toJS(document)) === String(step));
    if (pair === undefined) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
