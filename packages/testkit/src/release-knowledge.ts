import type { Release } from './release.js';

/** A bug of Nova that a case runs into on releases without the fix. */
export interface KnownBug {
  /** "lp#1869804" */
  readonly bug: string;
  /** Nova's own version that has the fix: 30 for 2024.2. Without it the bug is in all releases. */
  readonly fixedBy?: number | undefined;
  /** Nova's own version that brought the bug, where older ones do not have it. */
  readonly since?: number | undefined;
  /** What goes wrong, in one line. */
  readonly what: string;
  /** What the failure looks like, where the case can also fail for other reasons; default: whatever it fails with. */
  readonly shows?: RegExp | undefined;
}

/**
 * Why a case for that version of Nova and newer ones cannot run on this release. Where the API cannot tell releases
 * apart, all of them must have it: a case that fails over a feature which is not there is worse than one skipped with its reason.
 *
 * @returns undefined when it can
 */
export function tooOld(release: Release, since: number | undefined): string | undefined {
  if (since === undefined || release.atLeast(since)) return undefined;
  return `since Nova ${since}; this is ${described(release)}`;
}

/**
 * Why a case ends as skipped although it failed: the release has a bug that looks like this. Where the API cannot tell
 * releases apart the bug is taken to be there, and the reason says so.
 *
 * @param failure what the case failed with
 * @returns undefined when no known bug explains it
 */
export function explainedBy(
  bugs: readonly KnownBug[],
  release: Release,
  failure: string,
): string | undefined {
  const bug = bugs.find(
    ({ since, fixedBy, shows }) =>
      (since === undefined || release.majorVersions.some((version) => version >= since)) &&
      (fixedBy === undefined || !release.atLeast(fixedBy)) &&
      (shows?.test(failure) ?? true),
  );
  if (bug === undefined) return undefined;
  const fix = bug.fixedBy === undefined ? 'not fixed' : `fixed by Nova ${bug.fixedBy}`;
  const unsure =
    bug.fixedBy !== undefined && release.majorVersions.includes(bug.fixedBy)
      ? ` (here ${described(release)})`
      : '';
  return `known bug ${bug.bug}, ${fix}${unsure} (${bug.what}): ${failure.split('\n')[0] ?? ''}`;
}

function described({ majorVersions, text }: Release): string {
  if (majorVersions.length === 0) return `an older Nova (${text})`;
  const apart = majorVersions.length > 1 ? ', which the API cannot tell apart' : '';
  return `Nova ${majorVersions.join(' or ')} (${text})${apart}`;
}
