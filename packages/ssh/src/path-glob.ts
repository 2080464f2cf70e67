import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The existing paths that an absolute pattern with `*`, `?` and `[...]` stands for, sorted; hidden files by name only. */
export async function expandGlob(pattern: string): Promise<string[]> {
  let paths = ['/'];
  for (const part of pattern.split('/').filter((piece) => piece !== '')) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => join(path, part));
      continue;
    }
    const matcher = matcherOf(part);
    const found = await Promise.all(
      paths.map(async (path) => {
        const names = await readdir(path).catch((): string[] => []);
        return names
          .filter((name) => matcher.test(name) && (part.startsWith('.') || !name.startsWith('.')))
          .sort()
          .map((name) => join(path, name));
      }),
    );
    paths = found.flat();
  }
  return paths;
}

function matcherOf(part: string): RegExp {
  const source = part.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (piece) => {
    if (piece === '*') return '.*';
    if (piece === '?') return '.';
    if (piece.length > 1) return piece.replace('[!', '[^').replaceAll('\\', '\\\\');
    return `\\${piece}`;
  });
  return new RegExp(`^${source}$`, 's');
}
