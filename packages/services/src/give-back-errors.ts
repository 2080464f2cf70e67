import { errorCode } from '@whitebox/core';
import { ServiceError, sentenceOf } from './errors.js';
import type { HostEntry, JournalEntry } from './journal.js';

export function noHost(entry: JournalEntry, { host }: HostEntry): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NO_HOST',
    action: `give back: ${entry.what}`,
    host,
    observed: 'no host of that name was given',
    advice: 'Name every host as it was named when the change was made.',
  });
}

export function notGivenBack(entry: JournalEntry, problems: readonly unknown[]): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_GIVEN_BACK',
    action: `give back: ${entry.what}`,
    observed: problems.map((problem) => `\n  - ${detailed(problem)}`).join(''),
    advice: `What could be given back was. The journal entry ${entry.id} stays open; remove the cause and give it back again.`,
    cause: problems.length === 1 ? problems[0] : new AggregateError(problems),
  });
}

/** For a change that went wrong half-way and could not be given back either. */
export function notGivenBackAfter(error: unknown, entry: JournalEntry, problem: unknown): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_GIVEN_BACK',
    action: entry.what,
    observed: `${sentenceOf(error)}\n  After that, giving back failed too: ${sentenceOf(problem)}`,
    advice: `The journal entry ${entry.id} stays open; remove the cause and give it back again.`,
    cause: new AggregateError([error, problem]),
  });
}

function detailed(problem: unknown): string {
  const code = errorCode(problem);
  const advice = problem instanceof ServiceError ? ` ${problem.advice}` : '';
  return `${sentenceOf(problem)}.${advice}${code === undefined ? '' : ` [${code}]`}`;
}
