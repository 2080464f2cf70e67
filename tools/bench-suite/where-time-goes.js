/** @typedef {import('../../packages/runner/src/case-result.js').CaseResult} CaseResult */
/** @typedef {NonNullable<CaseResult['recording']>['activities'][number]} Activity */

/**
 * @typedef {object} Times milliseconds
 * @property {number} all
 * @property {number} cloud while the cloud did what it was asked for: requests that change something, waits, services that stop and start
 * @property {number} late of that, how long what was waited for may have been so already: half the time since the last look
 * @property {number} looks at all layers after each step
 * @property {number} rest reading, deciding, starting
 */

/** @typedef {[from: number, to: number]} Interval */

/** Commands that ask a machine to do something, as against telling something. */
const acting =
  /^(?:sudo )?(?:sh -c ')?(?:systemctl (?:start|stop|restart|try-restart|kill|mask|unmask)|virsh (?!dumpxml|list|dom\w*stat|vcpu\w* |capabilities|secret-dumpxml)\S+|docker \S+|podman (?:start|stop|restart)) /;

/**
 * Where the time of cases goes that ran one after the other or side by side. A moment counts for the cloud when at least one case
 * waits for it; what is left is Whitebox's own.
 * @param {readonly CaseResult[]} cases
 * @param {{ start: number, end: number }} [run] milliseconds since 1970, of the whole process; default: the cases alone
 * @returns {Times}
 */
export function whereTimeGoes(cases, run) {
  /** @type {Interval[]} */
  const clouds = [];
  /** @type {Interval[]} */
  const looks = [];
  /** @type {Interval[]} */
  const lives = [];
  let late = 0;
  for (const { started, durationMs, recording } of cases) {
    const began = Date.parse(started);
    if (durationMs > 0) lives.push([began, began + durationMs]);
    for (const activity of recording?.activities ?? []) {
      const from = began + activity.atMs;
      /** @type {Interval} */
      const when = [from, from + activity.ms];
      if (isClouds(activity)) clouds.push(when);
      if (activity.kind === 'look') looks.push(when);
      if (activity.kind === 'wait') late += (activity.lateMs ?? 0) / 2;
    }
  }
  const all = run === undefined ? covered(lives) : run.end - run.start;
  const cloud = covered(clouds);
  const busyLooking = covered([...clouds, ...looks]) - cloud;
  return { all, cloud, late: Math.min(late, cloud), looks: busyLooking, rest: all - cloud - busyLooking };
}

/** @param {Activity} activity */
function isClouds({ kind, what }) {
  if (kind === 'wait') return true;
  if (kind === 'request') return !/^(?:GET|HEAD) /.test(what);
  return kind === 'command' && acting.test(`${what} `);
}

/** @param {readonly Interval[]} intervals @returns {number} how much time at least one of them covers */
export function covered(intervals) {
  let sum = 0;
  let until = -Infinity;
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (to <= until) continue;
    sum += to - Math.max(from, until);
    until = to;
  }
  return sum;
}
