import { WhiteboxError } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { after, ok, warning, type Check } from './check.js';
import { checks } from './checks.js';
import { bad, fakeHost, fakeSite, healthyMachine, look } from './fake-site.suite.js';
import { runChecks, worst } from './run-checks.js';

function check(look: Check['look'], more: Partial<Check> = {}): Check {
  return { code: 'WB_DOCTOR_X', title: 'x', look, ...more };
}

const site = fakeSite();

describe('runChecks', () => {
  it('finds nothing wrong where everything is fine', async () => {
    const results = await runChecks(checks, site);
    expect(results.flatMap(bad)).toEqual([]);
    expect(results.map(({ verdict }) => verdict)).toEqual(checks.map(() => 'ok'));
    expect(new Set(results.map(({ code }) => code)).size).toBe(checks.length);
  });

  it('writes nothing on a host', async () => {
    const machine = healthyMachine('a');
    await runChecks(checks, fakeSite({ hosts: () => Promise.resolve([fakeHost('a', machine)]) }));
    expect(machine.calls.filter(({ kind }) => kind === 'replaceFile')).toEqual([]);
    expect(machine.calls.length).toBeGreaterThan(5);
  });

  it('tells of an error what was done, what came back and what to do', async () => {
    const error = new WhiteboxError({
      code: 'WB_SSH_AUTH',
      action: 'connect',
      observed: 'no key',
      advice: 'Check it.',
    });
    const result = await look(
      check(() => Promise.reject(error)),
      site,
    );
    expect(result).toMatchObject({
      verdict: 'wrong',
      findings: [{ found: 'connect: no key', next: 'Check it.', code: 'WB_SSH_AUTH' }],
    });
  });

  it('waits for no check that does not answer', async () => {
    const result = await look(
      check(() => new Promise(() => undefined), { timeoutMs: 5 }),
      site,
    );
    expect(result).toMatchObject({ verdict: 'unknown', findings: [{ found: 'no answer within 0.005 s' }] });
  });

  it('does not call wrong what only rests on something that is', async () => {
    const result = await look(
      check(() => after('the login', Promise.reject(new Error('no')))),
      site,
    );
    expect(result).toMatchObject({
      verdict: 'unknown',
      findings: [{ found: 'not looked at, as the login does not work' }],
    });
  });

  it('takes a check that found nothing for one that looked at nothing', () => {
    expect(worst([])).toBe('unknown');
    expect(worst([ok('a'), warning('b', 'c')])).toBe('warning');
  });
});
