/** The list of cases and what is in one. */
export const caseStyles = `
.cases { margin-top: 28px; }
.toolbar { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px; margin: 6px -6px 0; padding: 8px 6px; background: var(--ground); border-bottom: 1px solid var(--line); font-size: 13px; }
.find { position: relative; flex: 1 1 220px; max-width: 380px; }
.find input { width: 100%; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 5px; padding: 4px 30px 4px 9px; }
.find input::placeholder { color: var(--muted); opacity: 1; }
.find kbd { position: absolute; right: 7px; top: 6px; }
.verdicts { display: flex; flex-wrap: wrap; gap: 4px 14px; } .verdicts input { accent-color: var(--link); margin: 0 3px 0 0; vertical-align: -2px; }
.buttons { display: flex; gap: 6px; }
.toolbar button { font: inherit; font-size: 12px; color: inherit; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 5px; padding: 3px 9px; cursor: pointer; }
.toolbar button:hover { border-color: var(--muted); }
.keys { color: var(--muted); font-size: 12px; margin-left: auto; white-space: nowrap; }
.nothing { padding: 24px 0; color: var(--muted); }
.subject { margin-top: 16px; }
.subject h3 { font-size: 13px; font-weight: 600; padding: 0 0 5px 2px; } .subject h3 .tally { margin-left: 6px; }
.case { background: var(--surface); border: 1px solid var(--line); border-top-width: 0; }
.subject > .case:first-of-type { border-top-width: 1px; border-radius: 6px 6px 0 0; }
.subject > .case:last-of-type { border-radius: 0 0 6px 6px; }
.subject > .case:only-of-type { border-radius: 6px; }
.case > summary { display: grid; grid-template-columns: 16px 1fr auto; gap: 0 10px; align-items: start; padding: 6px 12px; cursor: pointer; list-style: none; }
.case > summary::-webkit-details-marker { display: none; }
.case > summary:hover { background: var(--inset); }
.case > summary .icon { margin-top: 2px; }
.case > summary .name { overflow-wrap: anywhere; }
.case.failed > summary .name { font-weight: 600; }
.case.skipped > summary .name { color: var(--muted); }
.case > summary .reason { grid-column: 2 / 4; color: var(--muted); font-size: 12px; overflow-wrap: anywhere; }
.attempt { border-top: 1px solid var(--line); } .attempt:first-child { border-top: 0; }
.attempt > summary { display: grid; grid-template-columns: 16px 1fr auto; gap: 0 10px; align-items: start; padding: 4px 0; cursor: pointer; list-style: none; }
.attempt > summary::-webkit-details-marker { display: none; } .attempt > summary:hover { background: var(--inset); }
.attempt > summary .name { overflow-wrap: anywhere; } .attempt > summary .icon { margin-top: 2px; } .attempt > summary .where { margin-left: 8px; }
.attempt > .body { padding: 8px 0 14px 26px; }
.took { color: var(--muted); font-size: 12px; line-height: 20px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.case[open] > summary { border-bottom: 1px solid var(--line); }
.case[open].failed { box-shadow: inset 3px 0 0 var(--bad-mark); }
.body { padding: 12px 16px 14px 38px; }
.block { margin-top: 16px; } .body > .block:first-child { margin-top: 0; }
.block h4, .frame h5 { font-size: 12px; font-weight: 600; color: var(--muted); margin-bottom: 5px; }
pre { overflow: auto; max-height: 460px; padding: 9px 12px; border-radius: 5px; background: var(--inset); line-height: 1.5; tab-size: 4; }
pre.message { background: var(--bad-ground); white-space: pre-wrap; overflow-wrap: anywhere; }
.place { display: flex; flex-wrap: wrap; gap: 0 14px; margin-top: 5px; font: 12px var(--mono); color: var(--muted); overflow-wrap: anywhere; } .place code { color: var(--text); }
.failure + .failure { margin-top: 10px; }
.more { margin-top: 5px; } .more > summary { cursor: pointer; font-size: 12.5px; color: var(--link); width: max-content; max-width: 100%; overflow-wrap: anywhere; }
.more > summary ~ * { margin-top: 5px; } .more .more { margin-left: 14px; }
.after { font-size: 12px; color: var(--muted); margin-top: 8px !important; }
.invariants { list-style: none; font-size: 13px; } .invariants li { padding: 2px 0; overflow-wrap: anywhere; }
.turn { margin-top: 16px; font-size: 13px; color: var(--muted); } .turn + .identity { margin-top: 8px; }
.identity { margin-top: 16px; padding-top: 8px; border-top: 1px solid var(--line); color: var(--muted); overflow-wrap: anywhere; }
ins, del { text-decoration: none; display: inline-block; min-width: 100%; }
ins { background: var(--added); } del { background: var(--removed); } .gap { color: var(--muted); }
.log-error { color: var(--bad); } .log-warning { font-weight: 600; }

.steps { list-style: none; } .steps > li { border-top: 1px solid var(--line); } .steps > li:first-child { border-top: 0; }
.step { display: grid; grid-template-columns: 58px 1fr auto; gap: 0 10px; padding: 3px 0; align-items: baseline; }
summary.step { cursor: pointer; list-style: none; } summary.step::-webkit-details-marker { display: none; }
summary.step:hover { background: var(--inset); }
.step .at { color: var(--muted); font-size: 12px; text-align: right; font-variant-numeric: tabular-nums; }
.step .text { overflow-wrap: anywhere; }
.step .tally { grid-column: 2 / 4; }
summary.step .tally::before { content: "▸ "; } details[open] > summary.step .tally::before { content: "▾ "; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 12px; }
th { text-align: left; font-weight: 500; color: var(--muted); } th, td { padding: 2px 14px 2px 0; vertical-align: top; }
.activities { width: 100%; min-width: 760px; margin: 4px 0 10px; table-layout: fixed; }
.activities th:nth-child(1) { width: 44px; } .activities th:nth-child(2) { width: 84px; } .activities th:nth-child(3) { width: 15%; } .activities th:nth-child(5) { width: 20%; } .activities th:nth-child(6) { width: 76px; }
.activities td { overflow-wrap: anywhere; } .activities td:nth-child(2) { white-space: nowrap; } .activities td { border-top: 1px solid var(--line); }
.activities .what code { white-space: pre-wrap; }
.activities .number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.activities tr.failed .outcome { color: var(--bad); }
.request-id { color: var(--muted); font: 11px var(--mono); }
.threads { margin-top: 4px; font-variant-numeric: tabular-nums; } .threads caption { text-align: left; padding: 3px 0; white-space: nowrap; } .threads tr.wrong td { font-weight: 600; }

.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 12px; margin-bottom: 8px; } .entry { display: inline-flex; align-items: center; gap: 6px; }
.swatch { display: inline-block; min-width: 18px; padding: 0 4px; border-radius: 2px; text-align: center; font: 600 11px/15px var(--sans); color: #101418; }
.swatch.plain { background: var(--line-strong); color: var(--text); } .swatch.small { min-width: 13px; font-size: 9px; line-height: 12px; } .swatch.round { background: none; border: 1px solid var(--text); border-radius: 7px; font-size: 9px; line-height: 11px; min-width: 14px; }
.set { width: 15px; height: 13px; border-radius: 3px; background: var(--surface); border: 1.5px solid var(--text); } .set.shared { border: 1px dashed var(--muted); }
.frame { padding: 8px 0 2px; } .frame + .frame { border-top: 1px solid var(--line); margin-top: 8px; }
.frame h5 { font-weight: 400; color: var(--text); font-size: 13px; overflow-wrap: anywhere; }
.move { display: flex; flex-wrap: wrap; gap: 10px 20px; margin: 4px 0; } .frame .more + .move { margin-top: 12px; } figure { min-width: 0; max-width: 100%; }
figcaption { font-size: 12px; color: var(--muted); margin-bottom: 3px; }
.wrong { list-style: none; } ul.wrong li { color: var(--bad); font-size: 12.5px; } ul.wrong li::before { content: "▲ "; }
@media (max-width: 600px) { .toolbar { position: static; } .body { padding: 10px 12px 12px; } .keys { display: none; } .step { grid-template-columns: 48px 1fr auto; } }
`;
