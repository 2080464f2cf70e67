import { editDistance, nearestName } from '@whitebox/core';
import type { IniDocument } from '@whitebox/ini';
import type { ConfigProblem } from './errors.js';
import { groupEntries } from './groups.js';
import type { OptionGroup } from './option.js';
import type { ConfigNote } from './whitebox-config.js';

/**
 * Looks for names that mean nothing: in sections of Whitebox they are mistakes. Sections of Tempest and of other plugins
 * have options that Whitebox does not read; there only what looks like a mistyped name is mentioned.
 */
export function checkNames(document: IniDocument, problems: ConfigProblem[], notes: ConfigNote[]): void {
  for (const section of document.sections()) {
    const found = groupEntries.find(([name]) => name === section.toLowerCase());
    const line = (key: string) => document.occurrences(section, key)[0]?.line;
    if (found === undefined) {
      checkSection(document, section, problems);
      continue;
    }
    const [name, group] = found;
    for (const key of document.options(section)) {
      if (isKnown(name, group, key)) continue;
      const moved = group.obsolete[key];
      if (moved !== undefined) {
        notes.push({
          message: `[${section}] ${key} has no effect any more; its place is ${moved}`,
          file: document.file,
          line: line(key),
        });
      } else if (group.owned) {
        problems.push({
          code: 'WB_CONFIG_UNKNOWN_OPTION',
          subject: `[${section}] ${key}`,
          observed: 'is no option',
          advice: adviceFor(name, group, key),
          file: document.file,
          line: line(key),
        });
      } else {
        const meant = Object.keys(group.options).find(
          (known) => editDistance(known, key) <= 2 && key.length > 6,
        );
        if (meant !== undefined) {
          notes.push({
            message: `[${section}] ${key} is not read by Whitebox; ${meant} would be`,
            file: document.file,
            line: line(key),
          });
        }
      }
    }
  }
}

function isKnown(name: string, group: OptionGroup, key: string): boolean {
  if (Object.hasOwn(group.options, key)) return true;
  return groupEntries.some(([, { options }]) =>
    Object.values(options).some(({ older }) =>
      older.some((each) => each.section === name && each.key === key),
    ),
  );
}

function adviceFor(name: string, group: OptionGroup, key: string): string {
  const elsewhere = groupEntries.find(
    ([other, { options }]) => other !== name && Object.hasOwn(options, key),
  );
  if (elsewhere !== undefined) return `It belongs to [${elsewhere[0]}].`;
  const meant = nearestName(key, Object.keys(group.options));
  return meant === undefined ? 'docs/configuration.md lists all options.' : `Did you mean ${meant}?`;
}

function checkSection(document: IniDocument, section: string, problems: ConfigProblem[]): void {
  const plain = section.toLowerCase().replaceAll('_', '-').trim();
  const meant = groupEntries.find(([name, { owned }]) => owned && editDistance(name, plain) <= 2);
  const [first] = document.options(section);
  if (meant === undefined || first === undefined) return;
  problems.push({
    code: 'WB_CONFIG_UNKNOWN_SECTION',
    subject: `[${section}]`,
    observed: 'is no section that anybody reads',
    advice: `Did you mean [${meant[0]}]?`,
    file: document.file,
    line: document.occurrences(section, first)[0]?.line,
  });
}
