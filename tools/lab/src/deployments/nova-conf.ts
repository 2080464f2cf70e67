/** A configuration file without some of its sections. */
export function withoutSections(text: string, names: readonly string[]): string {
  const parts = text.split(/^(?=\[)/m);
  return parts.filter((part) => !names.includes(/^\[([^\]]+)\]/.exec(part)?.[1] ?? '')).join('');
}

/** Sets options of a section that is there; null takes one out. What is there stays in its place. */
export function withOptions(
  text: string,
  section: string,
  options: Readonly<Record<string, string | null>>,
): string {
  const parts = text.split(/^(?=\[)/m);
  const at = parts.findIndex((part) => part.startsWith(`[${section}]\n`));
  if (at < 0) throw new Error(`The file has no section ${section}.`);
  let part = parts[at] ?? '';
  for (const [name, value] of Object.entries(options)) {
    const line = new RegExp(`^${name} = .*\n`, 'm');
    if (value === null) part = part.replace(line, '');
    else if (line.test(part)) part = part.replace(line, () => `${name} = ${value}\n`);
    else part = part.replace(`[${section}]\n`, () => `[${section}]\n${name} = ${value}\n`);
  }
  return [...parts.slice(0, at), part, ...parts.slice(at + 1)].join('');
}
