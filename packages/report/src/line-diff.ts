/** A line of a comparison; `gap` stands for equal lines that are left out. */
export type DiffLine =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly kind: 'gap'; readonly lines: number };

/** Equal lines that are shown around a difference. */
const context = 2;
/** Texts of more lines are not compared line by line: it takes time and memory of the square. */
const mostLines = 2000;

/** What differs between two texts, line by line: a longest common subsequence. */
export function lineDiff(before: string, after: string): DiffLine[] {
  return withoutFar(compare(before.split('\n'), after.split('\n')));
}

type Line = Exclude<DiffLine, { readonly kind: 'gap' }>;

function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ kind: 'same', text }));
  return [
    ...same(before.slice(0, start)),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = before.map((text): Line => ({ kind: 'removed', text }));
  const added = after.map((text): Line => ({ kind: 'added', text }));
  if (Math.max(before.length, after.length) > mostLines) return [...removed, ...added];
  // common[i][j]: how many lines before.slice(i) and after.slice(j) have in common at the most.
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      lines.push(...removed.slice(i, i + 1));
      i += 1;
    } else {
      lines.push(...added.slice(j, j + 1));
      j += 1;
    }
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}

function withoutFar(lines: readonly Line[]): DiffLine[] {
  const near = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - context), index + context + 1)
      .some(({ kind }) => kind === 'added' || kind === 'removed'),
  );
  const shown: DiffLine[] = [];
  let left = 0;
  for (const [index, line] of lines.entries()) {
    if (near[index] !== true) {
      left += 1;
      continue;
    }
    if (left > 0) shown.push({ kind: 'gap', lines: left });
    left = 0;
    shown.push(line);
  }
  return left > 0 && shown.length > 0 ? [...shown, { kind: 'gap', lines: left }] : shown;
}
