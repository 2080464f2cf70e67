import { HostError, type HostErrorCode } from '../errors.js';

export type FakeOperation = 'exec' | 'readFile' | 'replaceFile' | 'dial';

/** What goes wrong: `hang` does nothing until the call is given up; an Error is thrown as it is. */
export type Failure = 'connection-lost' | 'no-space' | 'read-only' | 'denied' | 'hang' | Error;

const observed: Record<Exclude<Failure, 'hang' | Error>, readonly [HostErrorCode, string]> = {
  'connection-lost': ['WB_HOST_CONNECTION_LOST', 'the connection was lost'],
  'no-space': ['WB_HOST_NO_SPACE', 'No space left on device'],
  'read-only': ['WB_HOST_READ_ONLY', 'Read-only file system'],
  denied: ['WB_HOST_DENIED', 'Permission denied'],
};

export function failureOf(failure: Exclude<Failure, 'hang'>, host: string, action: string): Error {
  if (failure instanceof Error) return failure;
  const [code, what] = observed[failure];
  return new HostError({ code, action, host, observed: what, advice: 'The test made this failure.' });
}
