/**
 * Colours and lines of the pictures. The colours of guests (after Okabe and Ito, whose vermilion stays free for what is
 * wrong) can be told apart by the colour-blind and carry dark letters in a light and in a dark page.
 */
export const pictureStyles = `
.host-picture { display: block; font: 10px/1 var(--sans); fill: var(--text); }
.host-picture .socket { fill: none; stroke: var(--line-strong); }
.host-picture .cell { fill: var(--inset); stroke: var(--line); }
.host-picture .core { fill: none; stroke: var(--line); }
.host-picture .caption { fill: var(--muted); font-size: 10.5px; }
.host-picture .thread { fill: var(--surface); stroke: var(--line-strong); }
.host-picture .thread.dedicated { stroke: var(--text); stroke-width: 1.25; }
.host-picture .thread.shared { stroke: var(--muted); stroke-dasharray: 3 2; }
.host-picture .thread.none { fill: none; stroke: var(--line); }
.host-picture .thread.wrong { stroke: var(--bad); stroke-width: 2; stroke-dasharray: none; }
.host-picture .number { fill: var(--muted); font-size: 9.5px; font-variant-numeric: tabular-nums; }
.host-picture .pinned-name, .host-picture .letter { fill: #101418; text-anchor: middle; font-weight: 600; }
.host-picture .pinned-name { font-size: 10.5px; }
.host-picture .ghost-name { fill: var(--text); text-anchor: middle; font-size: 10px; font-style: italic; }
.host-picture .letter { font-size: 8.5px; }
.host-picture .letter.more { fill: var(--muted); }
.host-picture .ghost { fill: none; stroke: var(--bad); stroke-width: 1.25; stroke-dasharray: 2 2; }
.host-picture .emulator { stroke: var(--text); stroke-width: .75; }
.host-picture .stripes { fill: #101418; opacity: .55; }
.host-picture .busy { fill: var(--muted); }
.host-picture .pool { fill: var(--surface); stroke: var(--line-strong); }
.host-picture .warning, .warning { fill: var(--bad); }
.host-picture .warning-sign { fill: var(--surface); text-anchor: middle; font-weight: 700; }
.g0 { fill: #e69f00; background: #e69f00; }
.g1 { fill: #56b4e9; background: #56b4e9; }
.g2 { fill: #2db88a; background: #2db88a; }
.g3 { fill: #cc79a7; background: #cc79a7; }
.g4 { fill: #f0e442; background: #f0e442; }
.g5 { fill: #a5a5f0; background: #a5a5f0; }
.others { fill: var(--line-strong); }
`;
