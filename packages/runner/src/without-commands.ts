/** Where text goes: standard output or error. */
export interface Output {
  write(text: string): unknown;
}

const originals = new WeakMap<object, (text: string) => unknown>();

/**
 * From now on no line that is written here is a workflow command of GitHub Actions: what a cloud, a case or an error says is
 * other people's text, and `::stop-commands::x` in it would silence what comes after. A space without width breaks such a line,
 * so it reads the same; in JSON an escape does, so it means the same. Nothing has to be switched off again, as with
 * `::stop-commands::`, when the process dies or both outputs are written to.
 *
 * What is a command: ActionCommand.cs of actions/runner, `::name ...::` at the start of a line behind any white space, and, of
 * old, `##[name ...]` anywhere in it. Writers write whole lines.
 */
export function withoutCommands(output: Output, as: 'text' | 'json' = 'text'): void {
  const write = output.write.bind(output) as (...all: readonly unknown[]) => unknown;
  originals.set(output, write);
  output.write = (text: unknown, ...rest: readonly unknown[]) =>
    write(typeof text === 'string' ? harmless(text, as) : text, ...rest);
}

/** Writes commands of our own. */
export function writeCommands(output: Output, text: string): void {
  const write = originals.get(output);
  if (write === undefined) output.write(text);
  else write(text);
}

function harmless(text: string, as: 'text' | 'json'): string {
  // JSON has a colon behind no white space, and a bracket of this kind within a string alone.
  if (as === 'json') return text.replaceAll('##[', String.raw`##\u005b`);
  return text.replaceAll(/^((?:[^\S\r\n]|\u0085)*):(?=:)/gm, '$1:\u200b').replaceAll('##[', '##\u200b[');
}
