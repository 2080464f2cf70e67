import type { Violation } from '@whitebox/invariants';
import { describe, expect, it } from 'vitest';
import { Suspicions } from './confirm.js';

const rules = { pauseMs: 3000, settleMs: 75_000, graceMs: 15_000, patienceMs: 120_000 };
const at = (seconds: number): Date => new Date(1_800_000_000_000 + seconds * 1000);

function violation(transient: boolean, found = 'CPU 5'): Violation {
  return {
    id: transient ? 'I11' : 'I6',
    subject: { kind: 'server', id: 'u1', name: 'vm1', host: 'compute1' },
    point: 'vCPU 0',
    transient,
    settlesWithinS: undefined,
    expected: 'CPU 2',
    found,
    layers: [],
    text: `vm1: vCPU 0: expected CPU 2, found ${found}`,
    knownBug: undefined,
  };
}

function afterwards(
  transient: boolean,
  seconds: readonly number[],
): { confirmed: number; next: number | undefined } {
  const suspicions = new Suspicions();
  for (const second of seconds) suspicions.add(at(second), [violation(transient)]);
  const next = suspicions.nextLook(rules);
  return {
    confirmed: suspicions.confirmed(rules).length,
    next: next === undefined ? undefined : (next.getTime() - at(0).getTime()) / 1000,
  };
}

describe('Suspicions', () => {
  it('believes what nothing puts right when it has seen it twice', () => {
    expect(afterwards(false, [0])).toEqual({ confirmed: 0, next: 3 });
    expect(afterwards(false, [0, 1])).toEqual({ confirmed: 0, next: 4 });
    expect(afterwards(false, [0, 3])).toEqual({ confirmed: 1, next: undefined });
  });

  it('believes what may pass after a whole periodic task, in two looks one after the other', () => {
    expect(afterwards(true, [0])).toEqual({ confirmed: 0, next: 75 });
    expect(afterwards(true, [0, 75])).toEqual({ confirmed: 0, next: 78 });
    expect(afterwards(true, [0, 75, 78])).toEqual({ confirmed: 1, next: undefined });
    expect(afterwards(true, [0, 3, 6])).toEqual({ confirmed: 0, next: 75 });
  });

  it('forgets what is gone, also where it comes again', () => {
    const suspicions = new Suspicions();
    suspicions.add(at(0), [violation(false)]);
    suspicions.add(at(3), []);
    expect(suspicions.nextLook(rules)).toBeUndefined();
    suspicions.add(at(6), [violation(false)]);
    expect(suspicions.confirmed(rules)).toEqual([]);
    expect(suspicions.open(rules)).toHaveLength(1);
  });

  it('begins anew where the evidence has changed', () => {
    const suspicions = new Suspicions();
    suspicions.add(at(0), [violation(false, 'CPU 5')]);
    suspicions.add(at(3), [violation(false, 'CPU 6')]);
    expect(suspicions.confirmed(rules)).toEqual([]);
    suspicions.add(at(6), [violation(false, 'CPU 6')]);
    expect(suspicions.confirmed(rules)).toMatchObject([{ violation: { found: 'CPU 6' }, times: 2 }]);
  });

  it('believes what another periodic task may put right only when that has had its time, and does not wait for it', () => {
    const slow = { ...violation(true), point: 'power_state', settlesWithinS: 600 };
    let suspicions = new Suspicions();
    const nextAfter = (second: number): number | undefined => {
      suspicions.add(at(second), [slow, violation(true, 'CPU 7')]);
      suspicions = suspicions.slow();
      const next = suspicions.nextLook(rules);
      return next === undefined ? undefined : (next.getTime() - at(0).getTime()) / 1000;
    };
    expect([0, 300, 500, 615].map(nextAfter)).toEqual([undefined, undefined, 615, undefined]);
    expect(suspicions.confirmed(rules)).toMatchObject([{ violation: { settlesWithinS: 600 }, times: 4 }]);
  });
});
