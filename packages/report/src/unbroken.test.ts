import { expect, it } from 'vitest';
import { markup } from './html.js';
import { unbroken } from './unbroken.js';

const shown = (text: string): string => markup`${unbroken(text)}`.toString();

it('keeps ranges together, and lets lists of them go on in the next line', () => {
  expect(shown('CPUs 0-1,4,12-13: <b>')).toBe(
    'CPUs <span class="range">0-1,</span><wbr />4,<span class="range">12-13</span>: &lt;b&gt;',
  );
});

it('leaves other text as it is', () => {
  expect(shown('a-b 5 nova-compute')).toBe('a-b 5 nova-compute');
  expect(shown('')).toBe('');
});
