import { describe, expect, it } from 'vitest';
import { formatSeconds, Progress } from './progress.js';

/** A stream that remembers. @param {boolean} isTTY */
function stream(isTTY) {
  const written = { text: '' };
  const fake = /** @type {any} */ ({
    isTTY,
    columns: 40,
    write: (/** @type {string} */ text) => (written.text += text),
  });
  return { written, fake: /** @type {NodeJS.WriteStream} */ (fake) };
}

describe('Progress', () => {
  it('prints plain lines into a pipe', () => {
    const { written, fake } = stream(false);
    const progress = new Progress(fake);
    const task = progress.start('build');
    task.update('half');
    progress.line('something else');
    task.end('ok', '1 passed');
    expect(written.text).toMatch(/^… build\nsomething else\n✓ build {2}0\.0 s {2}1 passed\n$/);
  });

  it('keeps what runs below the lines of a terminal, and within its width', () => {
    const { written, fake } = stream(true);
    const progress = new Progress(fake, true);
    const task = progress.start('a title that is far longer than the terminal is wide');
    progress.line('above');
    expect(written.text).toContain('\u001b[1A\u001b[0Jabove\n');
    expect(Math.max(...written.text.split('\n').map((line) => line.length))).toBeLessThan(60);
    task.end('failed');
    expect(written.text).toMatch(/✗.*far longer/);
  });
});

it.each([
  [0.04, '0.0 s'],
  [59.94, '59.9 s'],
  [61, '1 min 01 s'],
  [3600, '60 min 00 s'],
])('%f seconds are written as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
