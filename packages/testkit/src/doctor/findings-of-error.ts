import { errorCode, WhiteboxError } from '@whitebox/core';
import { ConfigError } from '@whitebox/config';
import { NotLooked, type Finding } from './check.js';

/** What an error tells, as findings. */
export function findingsOfError(error: unknown, host?: string): readonly Finding[] {
  if (error instanceof NotLooked) return [{ verdict: 'unknown', host, found: error.message }];
  if (error instanceof ConfigError) {
    return error.problems.map(({ code, file, line, subject, observed, advice }) => ({
      verdict: 'wrong',
      found: `${file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `}${subject} ${observed}`,
      next: advice,
      code,
    }));
  }
  if (error instanceof WhiteboxError) {
    const { code, action, observed, advice } = error;
    return [
      { verdict: 'wrong', host: host ?? error.host, found: `${action}: ${observed}`, next: advice, code },
    ];
  }
  const found = error instanceof Error ? error.message : String(error);
  return [{ verdict: 'unknown', host, found, code: errorCode(error) }];
}
