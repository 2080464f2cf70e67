import { describe, expect, it } from 'vitest';
import { errorCode, WhiteboxError } from './errors.js';

class ExampleError extends WhiteboxError {}

describe('WhiteboxError', () => {
  const error = new ExampleError({
    code: 'WB_EXAMPLE',
    action: 'read /etc/nova/nova.conf',
    host: 'compute1',
    observed: 'exit code 1: Permission denied',
    advice: 'Give the login user sudo.',
    cause: new Error('cause'),
  });

  it('says what was done, where, what came back and what to do next', () => {
    expect(error.message).toBe(
      'read /etc/nova/nova.conf on compute1: exit code 1: Permission denied\n  Give the login user sudo. [WB_EXAMPLE]',
    );
    expect(error.name).toBe('ExampleError');
    expect(error.cause).toEqual(new Error('cause'));
  });

  it('goes into JSON with its fields', () => {
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'WB_EXAMPLE', host: 'compute1' });
  });

  it('has its code read structurally', () => {
    expect(errorCode(error)).toBe('WB_EXAMPLE');
    expect(errorCode(new Error('plain'))).toBeUndefined();
    expect(errorCode(undefined)).toBeUndefined();
  });
});
