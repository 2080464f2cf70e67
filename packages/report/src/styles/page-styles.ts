/** Colours, type, the head of the page, the timeline. Every text has a contrast of at least 4.5 in both schemes. */
export const pageStyles = `
:root {
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", Menlo, monospace;
  --ground: #f6f7f8; --surface: #ffffff; --inset: #f1f3f5; --line: #e1e5e9; --line-strong: #b9c1ca;
  --text: #1b2026; --muted: #5b6570; --link: #0a58a8;
  --good: #00796b; --good-mark: #2a9d8f; --bad: #b83c00; --bad-mark: #d55e00; --bad-ground: #fdf1ea;
  --odd-ground: #fbf6e3; --odd-line: #d8b94a; --rest-mark: #98a2ad; --restart: #5f5fb8;
  --added: #e2f3ee; --removed: #fbe6da;
  color-scheme: light;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --surface: #1b1f24; --inset: #21262c; --line: #2d333b; --line-strong: #4b5561;
    --text: #e4e8ec; --muted: #9ba6b2; --link: #7db8f2;
    --good: #52c2ae; --good-mark: #3aa893; --bad: #ff9155; --bad-mark: #ee6f1f; --bad-ground: #2e211a;
    --odd-ground: #2a2719; --odd-line: #7d6d2c; --rest-mark: #69737e; --restart: #9b9bf0;
    --added: #17332d; --removed: #3c2418;
    color-scheme: dark;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 56px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.45 var(--sans); }
main { max-width: 1240px; margin: 0 auto; padding: 20px 24px 40px; }
footer { max-width: 1240px; margin: 0 auto; padding: 0 24px 32px; color: var(--muted); font-size: 12px; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; border-radius: 3px; }
h1, h2, h3, h4, h5, p, ul, ol, dl, dd, figure, pre { margin: 0; padding: 0; }
h2 { font-size: 15px; font-weight: 600; }
code, pre, kbd { font-family: var(--mono); font-size: 12px; }
kbd { border: 1px solid var(--line-strong); border-radius: 3px; padding: 0 4px; font-size: 11px; color: var(--muted); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; top: 8px; background: var(--surface); padding: 6px 12px; z-index: 3; }
.skip:focus { left: 8px; }
[hidden] { display: none !important; }
.tally, .where, .note { color: var(--muted); font-size: 12px; font-weight: 400; }
.tag { border: 1px solid var(--line-strong); border-radius: 9px; padding: 0 7px; font-size: 11px; color: var(--muted); white-space: nowrap; }
.tag.bad { border-color: var(--bad); color: var(--bad); }
.cross { color: var(--bad); font-weight: 700; }
.icon { flex: none; vertical-align: -3px; }
.icon circle { stroke: none; }
.icon path { fill: none; stroke: var(--surface); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon.passed circle { fill: var(--good); } .icon.failed circle { fill: var(--bad); } .icon.skipped circle { fill: var(--muted); }

.product { color: var(--muted); font-size: 12px; letter-spacing: .02em; }
h1 { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; margin: 2px 0 12px; }
.proportions { display: block; border-radius: 4px; overflow: hidden; background: var(--inset); }
.bar.passed { fill: var(--good-mark); } .bar.failed { fill: var(--bad-mark); } .bar.skipped { fill: var(--rest-mark); }
.bar.restart, .restart { fill: var(--restart); }
.claim { fill: var(--rest-mark); shape-rendering: crispEdges; } .claim.alone, .bar.claim.alone { fill: var(--odd-line); }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0 14px; }
.counts li.where { align-self: center; } .counts b { font-weight: 650; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 8px 28px; padding: 12px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.facts dt { color: var(--muted); font-size: 12px; }
.facts dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.range { white-space: nowrap; }
.notice { margin-top: 12px; padding: 8px 14px 10px; border: 1px solid var(--line); border-left: 4px solid var(--odd-line); border-radius: 4px; background: var(--odd-ground); }
.notice.bad { border-left-color: var(--bad-mark); background: var(--bad-ground); }
.notice h2 { font-size: 13px; }
.notice ul { padding-left: 18px; margin-top: 2px; overflow-wrap: anywhere; } .notice li { white-space: pre-wrap; }
.failed-list { margin-top: 18px; }
.failed-list ol { list-style: none; margin-top: 6px; border-left: 3px solid var(--bad-mark); }
.failed-list li { padding: 5px 0 5px 13px; }
.failed-list a { font-weight: 550; }
.failed-list .where { margin-left: 6px; white-space: nowrap; }
.failed-list .why { color: var(--muted); font: 12px/1.45 var(--mono); display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }

.timeline { margin-top: 26px; }
.lanes { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 0 12px; margin-top: 8px; padding: 10px 14px 4px; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; }
.lane-title { font-size: 12px; line-height: 17px; color: var(--muted); text-align: right; max-width: 220px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lane-title a { color: inherit; text-decoration: none; } .lane-title a:hover { text-decoration: underline; }
.lane { width: 100%; align-self: center; overflow: visible; }
.lane a:hover rect { opacity: .7; }
.lanes > svg { border-left: 1px solid var(--line); }
.axis { width: 100%; overflow: visible; margin-top: 4px; }
.axis line { stroke: var(--line-strong); } .axis text { fill: var(--muted); font: 11px var(--sans); font-variant-numeric: tabular-nums; }
.key { margin-top: 6px; color: var(--muted); font-size: 12px; } .key svg { vertical-align: -2px; margin-left: 10px; } .key svg:first-child { margin-left: 0; }
@media (max-width: 600px) {
  main { padding: 14px 14px 30px; } footer { padding: 0 14px 20px; }
  h1 { font-size: 21px; }
  .lanes { grid-template-columns: minmax(60px, 30%) 1fr; padding: 8px; gap: 0 8px; }
}
@media print {
  body { background: #fff; font-size: 12px; } main { max-width: none; padding: 0; }
  .toolbar, .skip { display: none !important; }
  details.case > summary .reason { font-size: 11px; }
  details.case:not([open]), .frame, figure, .failure { break-inside: avoid; }
  pre, .wide { overflow: visible !important; max-height: none !important; white-space: pre-wrap !important; }
  .host-picture { max-width: 100%; height: auto; }
  * { print-color-adjust: exact; }
}
`;
