import { compareMicroversions } from './microversion.js';

/** A Nova release as far as its API tells. */
export interface NovaRelease {
  /** Releases whose highest microversion this is: several where a release added none ("xena", "yoga"). Empty when older than Kilo. */
  readonly names: readonly string[];
  /** Nova's own versions in the same order: 24 for Xena, 32 for 2025.2. */
  readonly majorVersions: readonly number[];
  readonly maxMicroversion: string;
  /**
   * `exact`: a maximum that these releases shipped. `between`: newer than the named releases and older than the next, so
   * a development version of the next one. `newer`: beyond all that is known here, `names` has the newest known.
   */
  readonly certainty: 'exact' | 'between' | 'newer' | 'older';
}

/** nova/api/openstack/compute/rest_api_version_history.rst, headings "(Maximum in ...)". */
const history: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['2.3', ['kilo'], [11]],
  ['2.12', ['liberty'], [12]],
  ['2.25', ['mitaka'], [13]],
  ['2.38', ['newton'], [14]],
  ['2.42', ['ocata'], [15]],
  ['2.53', ['pike'], [16]],
  ['2.60', ['queens'], [17]],
  ['2.65', ['rocky'], [18]],
  ['2.72', ['stein'], [19]],
  ['2.79', ['train'], [20]],
  ['2.87', ['ussuri', 'victoria'], [21, 22]],
  ['2.88', ['wallaby'], [23]],
  ['2.90', ['xena', 'yoga'], [24, 25]],
  ['2.93', ['zed'], [26]],
  ['2.95', ['2023.1', '2023.2'], [27, 28]],
  ['2.96', ['2024.1', '2024.2'], [29, 30]],
  ['2.100', ['2025.1', '2025.2'], [31, 32]],
  ['2.103', ['2026.1'], [33]],
];

/**
 * Which releases of Nova have this highest microversion. The API cannot tell two releases apart that added no
 * microversion, nor a distribution's backports: use it to choose expectations, not to identify a package.
 */
export function novaRelease(maxMicroversion: string): NovaRelease {
  const reached = history.filter(([max]) => compareMicroversions(max, maxMicroversion) <= 0);
  const last = reached.at(-1);
  if (last === undefined) return { names: [], majorVersions: [], maxMicroversion, certainty: 'older' };
  const [max, names, majorVersions] = last;
  if (max === maxMicroversion) return { names, majorVersions, maxMicroversion, certainty: 'exact' };
  const certainty = reached.length === history.length ? 'newer' : 'between';
  return { names, majorVersions, maxMicroversion, certainty };
}
