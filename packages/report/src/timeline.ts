import { claimBars, claimLaneHeight, mostClaimed } from './claim-lane.js';
import { duration } from './duration.js';
import { markup, type Content, type Html } from './html.js';
import type { ReportRun } from './model.js';
import type { NumberedCase, Subject } from './subjects.js';
import { turnText } from './turn.js';

/** Kinds of steps that change a host for all of its guests. */
const disturbing = new Set(['configure', 'restart-service', 'stop-service', 'start-service']);
const row = 14;
const bar = { passed: 8, failed: 12, skipped: 4 };
const mostTicks = 8;

interface Span {
  readonly case: NumberedCase;
  /** Milliseconds since the run began. */
  readonly from: number;
  readonly to: number;
}

/** When each case ran, a lane for each subject, and when services were restarted. */
export function timeline(run: ReportRun, subjects: readonly Subject[]): Content {
  const spans = spansOf(run, subjects);
  if (spans.length === 0) return undefined;
  const end = Math.max(run.durationMs, ...spans.map(({ to }) => to), 1);
  const scale = (ms: number): string => `${Math.round((ms / end) * 100_000) / 1000}%`;
  const known = spans.every((span) => span.case.started !== undefined);
  const restarts = spans.flatMap((span) => restartsOf(span));
  const claimed = known
    ? spans.flatMap(({ case: { turn }, from, to }) => (turn === undefined ? [] : [{ from, to, turn }]))
    : [];
  return markup`<section class="timeline" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    ${!known && markup`<p class="note">When each case began was not recorded; they are drawn one after another.</p>`}
    <div class="lanes">
      ${
        restarts.length > 0 &&
        lane(
          'changes and restarts',
          row,
          restarts.map(
            ({ from, to, text }) =>
              markup`<rect
                class="restart"
                x="${scale(from)}"
                width="${scale(Math.max(to - from, end / 400))}"
                y="2"
                height="10"
                rx="1"
                ><title>${text}</title></rect
              >`,
          ),
        )
      }
      ${claimed.length > 0 && lane(`claimed dedicated CPUs, up to ${mostClaimed(claimed)}`, claimLaneHeight, claimBars(claimed, scale))}
      ${subjects.map((subject) => {
        const own = spans.filter((span) => subject.cases.includes(span.case));
        if (own.length === 0) return undefined;
        const rows = inRows(own);
        return lane(
          markup`<a href="#${subject.anchor}">${subject.title}</a>`,
          rows.length * row,
          rows.flatMap((spansOfRow, index) =>
            spansOfRow.map((span) => {
              const height = bar[span.case.verdict];
              return markup`<a href="#${span.case.anchor}" tabindex="-1"
                ><rect
                  class="bar ${span.case.verdict}"
                  x="${scale(span.from)}"
                  width="${scale(Math.max(span.to - span.from, end / 500))}"
                  y="${index * row + (row - height) / 2}"
                  height="${height}"
                  rx="1"
                  ><title>
                    ${span.case.name}: ${span.case.verdict}, ${duration(span.case.durationMs)}${span.case.turn !== undefined && `; ${turnText(span.case.turn)}`}
                  </title></rect
                ></a
              >`;
            }),
          ),
        );
      })}
      <div class="axis-label" aria-hidden="true"></div>
      <svg class="axis" height="18" aria-hidden="true">
        ${ticks(end).map(
          (ms) =>
            markup`<line x1="${scale(ms)}" x2="${scale(ms)}" y1="0" y2="4" /><text x="${scale(ms)}" y="15"
                >${ms === 0 ? '0' : duration(ms).replace(/ 0 s$|\.0(?= s)| 0 min$/, '')}</text
              >`,
        )}
      </svg>
    </div>
    <p class="key">
      ${has(spans, 'passed') && markup`${sign('passed')} passed`}
      ${has(spans, 'failed') && markup`${sign('failed')} failed`}
      ${has(spans, 'skipped') && markup`${sign('skipped')} skipped after it had begun`}
      ${restarts.length > 0 && markup`${sign('restart')} configuration changed or a service restarted`}
      ${claimed.some(({ turn }) => turn.claim === null) && markup`${sign('claim alone')} a case had the cloud alone`}
    </p>
  </section>`;
}

function lane(title: Content, height: number, bars: Content): Html {
  return markup`<div class="lane-title">${title}</div>
    <svg class="lane" height="${height}" aria-hidden="true">${bars}</svg>`;
}

function sign(kind: string): Html {
  const height = kind in bar ? bar[kind as keyof typeof bar] : 10;
  return markup`<svg width="14" height="12" aria-hidden="true">
    <rect class="bar ${kind}" x="0" width="14" y="${(12 - height) / 2}" height="${height}" rx="1" />
  </svg>`;
}

function has(spans: readonly Span[], verdict: NumberedCase['verdict']): boolean {
  return spans.some((span) => span.case.verdict === verdict);
}

/** Cases that were skipped at once took no time and are not drawn. */
function spansOf(run: ReportRun, subjects: readonly Subject[]): Span[] {
  const started = Date.parse(run.started);
  const cases = subjects.flatMap((subject) => subject.cases).filter(({ durationMs }) => durationMs > 0);
  const known = cases.every(({ started: at }) => at !== undefined);
  let clock = 0;
  return cases.map((one) => {
    const from = known ? Math.max(0, Date.parse(one.started ?? '') - started) : clock;
    clock = from + one.durationMs;
    return { case: one, from, to: clock };
  });
}

function restartsOf({ case: one, from, to }: Span): { from: number; to: number; text: string }[] {
  return one.steps.flatMap(({ kind, atMs, text }, index) => {
    if (kind === undefined || !disturbing.has(kind)) return [];
    const next = one.steps[index + 1];
    return [
      { from: from + atMs, to: next === undefined ? to : from + next.atMs, text: `${text} (${one.name})` },
    ];
  });
}

/** Spans that overlap are drawn below one another. */
function inRows(spans: readonly Span[]): Span[][] {
  const rows: Span[][] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const free = rows.find((one) => (one.at(-1)?.to ?? 0) <= span.from);
    if (free === undefined) rows.push([span]);
    else free.push(span);
  }
  return rows;
}

/** Round times, some of them. */
function ticks(end: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map((s) => s * 1000);
  const step =
    steps.find((ms) => end / ms <= mostTicks) ?? Math.ceil(end / mostTicks / 3_600_000) * 3_600_000;
  // The last one has no room for its words.
  return Array.from({ length: Math.floor((end * 0.94) / step) + 1 }, (_, index) => index * step);
}
