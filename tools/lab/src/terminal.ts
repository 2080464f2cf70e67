import { styleText } from 'node:util';
import type { Canvas, Style } from './host-picture.js';

const colours = {
  dedicated: 'green',
  shared: 'cyan',
  neither: 'gray',
  offline: 'red',
  guest: 'yellow',
} as const satisfies Record<Style, string>;

/** Colours on a terminal, unless the user wants none (no-color.org); plain text in a pipe. */
export function canvasFor(
  output: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Canvas {
  const coloured = output.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    columns: output.columns ?? 100,
    paint: (style, text) => (coloured ? styleText(colours[style], text, { validateStream: false }) : text),
  };
}
