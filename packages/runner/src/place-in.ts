import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { CaseFailure } from './case-result.js';

/** A line of a stack. */
export interface Frame {
  readonly file: string;
  readonly line: number;
}

/**
 * The innermost place in a suite's own files; nothing where there is none.
 *
 * @param root absolute path of the suite, which may itself be installed below node_modules
 */
export function placeIn(root: string, frames: readonly Frame[]): Pick<CaseFailure, 'at' | 'code'> {
  const own = frames.find(
    ({ file }) => file.startsWith(`${root}/`) && !file.slice(root.length).includes('/node_modules/'),
  );
  if (own === undefined) return {};
  return { at: `${relative(root, own.file)}:${own.line}`, code: lineOf(own) };
}

/** A line of a file that is there; of a source that the package does not bring along there is none. */
function lineOf({ file, line }: Frame): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1]?.trim();
  } catch {
    return undefined;
  }
}
