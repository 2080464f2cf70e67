import { Secret } from '@whitebox/core';
import { IniDocument } from '@whitebox/ini';
import { showValue, type KnownOption } from './option-finder.js';

/** What became of one option while a file was written. */
export interface WrittenOption {
  /** "[whitebox-hardware] cpu_topology" */
  readonly name: string;
  /**
   * added: it stands there now; same: it stood there; conflict: the file says something else and keeps it; replaced: it
   * said something else; withheld: only a comment says where it may be put.
   */
  readonly outcome: 'added' | 'same' | 'conflict' | 'replaced' | 'withheld';
  /** What was found, as the file would have it; not of secrets. */
  readonly value: string | undefined;
  /** What the file says, or said before it was replaced, where that differs. */
  readonly before?: string | undefined;
  readonly origin: string;
}

export interface OptionsFile {
  /** The whole file; what it had is there byte by byte, except for what was replaced. */
  readonly text: string;
  readonly options: readonly WrittenOption[];
}

/**
 * The text of a tempest.conf with what is known of a cloud: what was found in it, and what its configuration says elsewhere.
 * What the file itself says stays. Secrets are never written.
 *
 * @param said what the file says now, as values of the options; by name
 * @param replace whether what was found takes the place of what the file says otherwise
 * @throws IniError for a text that oslo.config would refuse
 */
export function optionsFile(
  before: string,
  known: readonly KnownOption[],
  said: ReadonlyMap<string, unknown>,
  { file, replace = false }: { readonly file?: string | undefined; readonly replace?: boolean } = {},
): OptionsFile {
  let document = IniDocument.parse(before, { file });
  const options: WrittenOption[] = [];
  for (const option of known) {
    if ((option.kind !== 'found' && option.kind !== 'said') || option.value === undefined) continue;
    const { group, key } = option;
    const name = `[${group}] ${key}`;
    const there = said.get(name);
    if (option.value instanceof Secret || isFoundAccount(option)) {
      const byFile = known.find((one) => one.group === group && one.key === `${key}_file`);
      if (there !== undefined || byFile?.kind === 'said') continue;
      document = withComments(document, group, withheld(option, byFile?.key));
      options.push({ name, outcome: 'withheld', value: undefined, origin: option.origin });
      continue;
    }
    const { value, origin } = wanted(option, there !== undefined || replace);
    const text = showValue(value);
    const written = there === undefined ? undefined : showValue(there);
    const isFound = option.kind === 'found' || option.found !== undefined;
    if (written === text) {
      options.push({ name, outcome: 'same', value: text, origin });
    } else if (written !== undefined && !(replace && isFound)) {
      options.push({ name, outcome: 'conflict', value: text, before: written, origin });
    } else if (written !== undefined || text !== '') {
      // A new option without a value would be none, in the file as in oslo.config.
      document.set(group, key, text.replaceAll('$', '$$$$'));
      document = withCommentAbove(document, group, key, sentence(origin));
      const outcome = written === undefined ? 'added' : 'replaced';
      options.push({ name, outcome, value: text, before: written, origin });
    }
  }
  return { text: document.toString(), options };
}

/** What the cloud has is held against what the file says; a new line repeats what is said elsewhere. */
function wanted(
  { value, origin, found }: KnownOption,
  preferFound: boolean,
): Pick<KnownOption, 'value' | 'origin'> {
  return found !== undefined && preferFound
    ? { value: found.value, origin: found.origin }
    : { value, origin };
}

/**
 * The account of Nova's own services is good only where they run: its address is as seen from there. Left out, it is found
 * anew by every run.
 */
function isFoundAccount({ group, key, kind }: KnownOption): boolean {
  return kind === 'found' && group === 'whitebox-database' && ['host', 'user', 'password'].includes(key);
}

function withheld(option: KnownOption, fileOption: string | undefined): string[] {
  const { group, key, value, origin } = option;
  if (isFoundAccount(option)) {
    const what = value instanceof Secret ? 'is not written here' : `is ${showValue(value)} there`;
    return [`# ${key}: ${origin}; ${what}. Left out, Whitebox finds it again, and goes through that host.`];
  }
  const variable = `OS_${group}__${key}`.toUpperCase().replaceAll('-', '_');
  const places = fileOption === undefined ? '' : `${fileOption} may name a file that has it, or `;
  return [
    `# ${key}: a secret, which is said in ${origin} and is not copied.`,
    `# Put it here (in a file that only you can read); ${places}the environment variable ${variable}.`,
  ];
}

function sentence(origin: string): string {
  const line = origin.replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return `# ${line.charAt(0).toUpperCase()}${line.slice(1)}`;
}

/** Comments at the end of a section, once. */
function withComments(document: IniDocument, group: string, comments: readonly string[]): IniDocument {
  const text = document.toString();
  if (comments.every((comment) => text.includes(comment))) return document;
  const lines = splitLines(text);
  const header = lines.findIndex((line) => line.trim().toLowerCase() === `[${group}]`);
  if (header >= 0) return insert(document, header + 1, comments);
  const open = text !== '' && !/[\r\n]$/.test(text) ? '\n' : '';
  const gap = text === '' ? '' : `${open}\n`;
  return IniDocument.parse(`${text}${gap}[${group}]\n${comments.join('\n')}\n`, { file: document.file });
}

function withCommentAbove(document: IniDocument, group: string, key: string, comment: string): IniDocument {
  const line = document.occurrences(group, key)[0]?.line;
  if (line === undefined) return document;
  const above = splitLines(document.toString())[line - 2]?.trim();
  return above === comment ? document : insert(document, line - 1, [comment]);
}

function insert(document: IniDocument, at: number, added: readonly string[]): IniDocument {
  const lines = splitLines(document.toString());
  const ending = /\r?\n$|\r$/.exec(lines[Math.max(0, at - 1)] ?? '')?.[0] ?? '\n';
  const all = [...lines.slice(0, at), ...added.map((line) => line + ending), ...lines.slice(at)];
  return IniDocument.parse(all.join(''), { file: document.file });
}

function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}
