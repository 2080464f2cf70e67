/** The microversions that a service speaks, as its version document says. */
export interface MicroversionRange {
  readonly min: string;
  readonly max: string;
}

export function isMicroversion(text: string): boolean {
  return /^\d+\.\d+$/.test(text);
}

/** Below zero when `a` is older than `b`, as in "2.9" and "2.10". */
export function compareMicroversions(a: string, b: string): number {
  const [majorA, minorA] = parts(a);
  const [majorB, minorB] = parts(b);
  return majorA - majorB || minorA - minorB;
}

function parts(version: string): [number, number] {
  const match = /^(\d+)\.(\d+)$/.exec(version);
  if (match === null) throw new TypeError(`"${version}" is no microversion such as 2.90`);
  return [Number(match[1]), Number(match[2])];
}

export function withinRange(version: string, range: MicroversionRange): boolean {
  return compareMicroversions(version, range.min) >= 0 && compareMicroversions(version, range.max) <= 0;
}
