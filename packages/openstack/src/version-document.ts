import { Fields } from './json.js';
import type { MicroversionRange } from './microversion.js';

/**
 * The microversions of a version document, whose shape differs: Nova `{"version": {"version", "min_version"}}`, Placement
 * `{"versions": [{"max_version", "min_version"}]}`, Cinder `{"versions": [{"version", "min_version"}]}`. Of several the
 * current one. null where it tells of none.
 */
export function decodeVersions(body: unknown): MicroversionRange | null {
  const document = new Fields(body, 'version document');
  const one = document.objectOrNull('version');
  const versions = one === null ? document.objectsOrNone('versions') : [one];
  const current = versions.find((version) => version.stringOrNull('status') === 'CURRENT') ?? versions.at(-1);
  if (current === undefined) return null;
  const max = current.stringOrNull('max_version') ?? current.stringOrNull('version') ?? '';
  const min = current.stringOrNull('min_version') ?? '';
  return max === '' || min === '' ? null : { min, max };
}
