import { plural } from './duration.js';
import { markup, type Content } from './html.js';
import type { ReportTurn } from './model.js';

/** A case that had its turn, in milliseconds since the run began. */
export interface Claimed {
  readonly from: number;
  readonly to: number;
  readonly turn: ReportTurn;
}

const height = 30;

/** How much of the cloud was claimed when: a bar between any two moments at which it changed, the whole cloud being the highest. */
export function claimBars(claimed: readonly Claimed[], scale: (ms: number) => string): Content {
  const moments = [...new Set(claimed.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const levels = moments.map((from, index) => {
    const to = moments[index + 1] ?? from;
    const there = claimed.filter((one) => one.from <= from && one.to >= to && to > from);
    const alone = there.some(({ turn }) => turn.claim === null);
    const cpus = there.reduce((sum, { turn }) => sum + (turn.claim?.dedicatedCpus ?? 0), 0);
    return { from, to, cases: there.length, alone, cpus };
  });
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

export const claimLaneHeight = height;
