import { expect, it } from 'vitest';
import { renderTemplate } from './template.js';

it('replaces names by values', () => {
  expect(renderTemplate('a @ONE@ @TWO_2@ b@c.d', { ONE: '1', TWO_2: '2' }, 'f')).toBe('a 1 2 b@c.d');
});

it('finds a name directly before another @', () => {
  expect(renderTemplate('nova:@PW@@controller/x', { PW: 'p' }, 'f')).toBe('nova:p@controller/x');
});

it('does not look into values', () => {
  expect(renderTemplate('@A@', { A: '@B@', B: 'x' }, 'f')).toBe('@B@');
  expect(renderTemplate('@A@', { A: '$& $1' }, 'f')).toBe('$& $1');
});

it('refuses a name without a value, and says in which file', () => {
  expect(() => renderTemplate('x = @MISSING@', {}, 'nova.conf')).toThrow('nova.conf asks for @MISSING@');
});
