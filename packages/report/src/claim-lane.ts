import { plural } from './duration.js';
import { markup, type Content } from './html.js';
import type { ReportTurn } from './model.js';
import { claimedCpus } from './turn.js';

/** A case that had its turn, in milliseconds since the run began. */
export interface Claimed {
  readonly from: number;
  readonly to: number;
  readonly turn: ReportTurn;
}

const height = 30;

interface Level {
  readonly from: number;
  readonly to: number;
  readonly cases: number;
  readonly alone: boolean;
  /** Dedicated ones. */
  readonly cpus: number;
}

/** Dedicated CPUs that were claimed at the same time, at most. */
export function mostClaimed(claimed: readonly Claimed[]): number {
  return Math.max(0, ...levelsOf(claimed).map(({ cpus }) => cpus));
}

/** How much of the cloud was claimed when: a bar between any two moments at which it changed, the whole cloud being the highest. */
export function claimBars(claimed: readonly Claimed[], scale: (ms: number) => string): Content {
  const levels = levelsOf(claimed);
  const most = Math.max(1, ...levels.map(({ cpus }) => cpus));
  return levels.map(({ from, to, cases, alone, cpus }) => {
    if (cases === 0) return undefined;
    const high = alone ? height : 4 + Math.round((cpus / most) * (height - 8));
    const text = alone
      ? 'the cloud alone'
      : `${plural(cpus, 'dedicated CPU')} claimed by ${plural(cases, 'case')}`;
    return markup`<rect
      class="claim${alone ? ' alone' : ''}"
      x="${scale(from)}"
      width="${scale(to - from)}"
      y="${height - high}"
      height="${high}"
      ><title>${text}</title></rect
    >`;
  });
}

/** Between any two moments at which it changed. */
function levelsOf(claimed: readonly Claimed[]): readonly Level[] {
  const moments = [...new Set(claimed.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return moments.map((from, index) => {
    const to = moments[index + 1] ?? from;
    const there = claimed.filter((one) => one.from <= from && one.to >= to && to > from);
    const alone = there.some(({ turn }) => turn.claim === null);
    const cpus = there.reduce((sum, { turn }) => sum + claimedCpus(turn.claim), 0);
    return { from, to, cases: there.length, alone, cpus };
  });
}

export const claimLaneHeight = height;
