import type { IniDocument } from './ini-document.js';

export interface PlacementRequest {
  /** `set` gives the option one value (or, with `multi`, exactly these values); `unset` leaves it to the service's default. */
  readonly change?: 'set' | 'unset' | undefined;
  /** The option is a repeated one (MultiStrOpt): values of all files add up. */
  readonly multi?: boolean | undefined;
  /** Older names under which the option may be set. */
  readonly deprecated?: readonly { readonly section: string; readonly key: string }[] | undefined;
  /** Middle part of the name of a drop-in file. Default `whitebox`. */
  readonly dropInName?: string | undefined;
}

export interface Placement {
  /**
   * `drop-in`: write the option into the one file of `files`, which the service reads after all that set it; undo by
   * removing the file. `edit`: change the option in each of `files`.
   */
  readonly kind: 'drop-in' | 'edit';
  readonly files: readonly string[];
  /** Whether the drop-in file is there already (always true of `edit`). */
  readonly exists: boolean;
  /** Why there, in a sentence. */
  readonly reason: string;
}

interface Source {
  readonly dir: string | undefined;
  readonly documents: readonly IniDocument[];
}

/** See ConfigChain.placement. */
export function findPlacement(
  sources: readonly Source[],
  names: readonly { readonly section: string; readonly key: string }[],
  request: PlacementRequest,
): Placement | undefined {
  const sets = (document: IniDocument) =>
    names.some(({ section, key }) => document.occurrences(section, key).length > 0);
  const documents = sources.flatMap((source) => source.documents);
  const holders = documents.filter(sets).map((document) => document.file ?? '');

  if (request.change === 'unset') {
    return edit(holders, 'a later file cannot unset an option, so it goes from every file that sets it');
  }
  if (request.multi === true && holders.length > 0) {
    return edit(holders, 'the values of a repeated option add up, so every file that sets it has to change');
  }
  // A directory is good for a drop-in file when nothing that is read after it sets the option.
  const afterHolders = sources.findLastIndex((source) => source.documents.some(sets));
  const dirAt = sources.findLastIndex((source, at) => source.dir !== undefined && at >= afterHolders);
  const dir = sources[dirAt];
  if (dir?.dir !== undefined) {
    const taken = dir.documents.map((document) => baseName(document.file ?? ''));
    const file = dropInFile(taken, request.dropInName ?? 'whitebox');
    return {
      kind: 'drop-in',
      files: [`${dir.dir}/${file}`],
      exists: taken.includes(file),
      reason: `no file that sets the option is read after the last one of ${dir.dir}`,
    };
  }
  const inForce = holders.at(-1);
  if (inForce !== undefined) {
    return edit([inForce], 'the value in force stands there, and no drop-in directory is read after it');
  }
  const last = documents.at(-1);
  return edit(last === undefined ? [] : [last.file ?? ''], 'it is read last');
}

function edit(files: readonly string[], reason: string): Placement | undefined {
  return files.length === 0 ? undefined : { kind: 'edit', files, exists: true, reason };
}

/** A name that sorts behind all others of the directory. */
function dropInFile(taken: readonly string[], name: string): string {
  const wanted = `99-${name}.conf`;
  const last = taken.toSorted(byCodePoint).at(-1);
  if (last === undefined || byCodePoint(last, wanted) <= 0) return wanted;
  // '_' sorts behind the '.' of the extension, so this one follows `last`.
  return last.endsWith(`_${name}.conf`) ? last : `${last.slice(0, -'.conf'.length)}_${name}.conf`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Python sorts text by code points, which is the order of its UTF-8 bytes. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
