import { describe, expect, it } from 'vitest';
import { parseDestination } from './destination.js';

describe('parseDestination', () => {
  it.each([
    ['compute1', { host: 'compute1' }],
    ['stack@compute1', { host: 'compute1', user: 'stack' }],
    ['stack@compute1:2222', { host: 'compute1', user: 'stack', port: 2222 }],
    ['ssh://stack@compute1:2222/', { host: 'compute1', user: 'stack', port: 2222 }],
    ['name@domain@host', { host: 'host', user: 'name@domain' }],
    ['[2001:db8::1]:2222', { host: '2001:db8::1', port: 2222 }],
    ['root@[::1]', { host: '::1', user: 'root' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0' }],
  ])('takes %s apart', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  it.each(['', '@host', 'user@', '-oProxyCommand=x', 'a b', 'host:0', 'host:70000', '$(id)', "a'b"])(
    'refuses %j',
    (text) => {
      expect(() => parseDestination(text)).toThrow(
        expect.objectContaining({ code: 'WB_SSH_CONFIG' }) as Error,
      );
    },
  );
});
