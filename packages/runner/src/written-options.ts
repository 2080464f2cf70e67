import { alignRows, type WrittenOption } from '@whitebox/testkit';

/** What `discover --write` did to a file, for people. */
export function writtenText(file: string, options: readonly WrittenOption[]): string {
  const of = (outcome: WrittenOption['outcome']) => options.filter((one) => one.outcome === outcome);
  const [added, same, replaced, conflicts, withheld] = [
    of('added'),
    of('same'),
    of('replaced'),
    of('conflict'),
    of('withheld'),
  ];
  const rows = (listed: readonly WrittenOption[]): string[] =>
    alignRows(listed.map(({ name, before, value, origin }) => [name, before ?? '', value ?? '', origin]))
      .split('\n')
      .map((line) => `  ${line}`);
  return [
    `${file}: ${added.length} added, ${same.length} as they were, ${replaced.length} replaced, ${conflicts.length} kept although they differ`,
    ...(replaced.length === 0 ? [] : ['Replaced (option, before, now, evidence):', ...rows(replaced)]),
    ...(conflicts.length === 0
      ? []
      : [
          'Kept as the file says; --replace takes what was found (option, file, found, evidence):',
          ...rows(conflicts),
        ]),
    ...(withheld.length === 0
      ? []
      : [`Not written, a comment says why: ${withheld.map(({ name }) => name).join(', ')}`]),
    '',
  ].join('\n');
}
