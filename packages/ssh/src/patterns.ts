/** Whether a text fits a pattern of ssh: `*` for anything, `?` for one character. */
export function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Whether one of the patterns fits and no pattern after `!` does. */
export function fitsAny(patterns: readonly string[], text: string): boolean {
  const negated = patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), text));
  return !negated && patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern, text));
}
