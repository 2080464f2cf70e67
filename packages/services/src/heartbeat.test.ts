import { describe, expect, it } from 'vitest';
import { heartbeatProbe, isLaterHeartbeat, parseNovaTime, type Heartbeat } from './heartbeat.js';
import type { Restarted, ServiceStatus } from './service.js';

const status: ServiceStatus = {
  state: 'running',
  detail: 'active (running)',
  unit: 'nova-compute.service',
  mainPid: 7,
  startedAt: new Date(),
  enabled: true,
  masked: false,
};
const restart = (): Restarted => ({ before: status, after: status });
const forever = new AbortController().signal;

describe('heartbeatProbe', () => {
  it('waits for a heartbeat that is later than the one at the restart', async () => {
    const rows: (Heartbeat | undefined)[] = [
      { seen: '2026-11-22 18:03:19', reportCount: 5 },
      { seen: '2026-11-22 18:03:19', reportCount: 5 },
      undefined,
      { seen: '2026-11-22 18:03:19', reportCount: 6 },
    ];
    const probe = heartbeatProbe(() => Promise.resolve(rows.shift()));
    const one = restart();
    expect(await probe(one, forever)).toMatchObject({
      done: false,
      seen: expect.stringContaining('18:03:19') as string,
    });
    expect(await probe(one, forever)).toMatchObject({ done: false });
    expect(await probe(one, forever)).toMatchObject({ done: false });
    expect(await probe(one, forever)).toMatchObject({ done: true });
  });

  it('takes no heartbeat of before a later restart for one after it', async () => {
    const probe = heartbeatProbe(() => Promise.resolve({ seen: '2026-11-22 18:03:20' }));
    const first = restart();
    await probe(first, forever);
    const second = restart();
    expect(await probe(second, forever)).toMatchObject({ done: false });
    expect(await probe(second, forever)).toMatchObject({ done: false });
  });

  it('takes the first heartbeat of a service that never had one', async () => {
    const rows: Heartbeat[] = [{ seen: null }, { seen: '2026-11-22T18:03:20.000000' }];
    const probe = heartbeatProbe(() => Promise.resolve(rows.shift()));
    const one = restart();
    expect(await probe(one, forever)).toMatchObject({ done: false });
    expect(await probe(one, forever)).toMatchObject({ done: true });
  });
});

describe('isLaterHeartbeat', () => {
  it.each([
    [{ seen: '2026-11-22 18:03:19' }, { seen: '2026-11-22 18:03:20' }, true],
    [{ seen: '2026-11-22 18:03:19' }, { seen: '2026-11-22 18:03:19' }, false],
    [{ seen: '2026-11-22 18:03:19' }, { seen: '2026-11-22 18:03:18', reportCount: 9 }, false],
    [{ seen: '2026-11-22 18:03:19', reportCount: 9 }, { seen: '2026-11-22 18:03:19', reportCount: 10 }, true],
    [
      { seen: '2026-11-22 18:03:19', reportCount: '9' },
      { seen: '2026-11-22 18:03:19', reportCount: '10' },
      true,
    ],
    [
      { seen: '2026-11-22 18:03:19', reportCount: 9n },
      { seen: '2026-11-22 18:03:19', reportCount: 9n },
      false,
    ],
    [{ seen: undefined }, { seen: '2026-11-22 18:03:19' }, true],
    [{ seen: '2026-11-22 18:03:19' }, { seen: null }, false],
  ] satisfies [Heartbeat, Heartbeat, boolean][])('%o then %o: %s', (before, now, later) => {
    expect(isLaterHeartbeat(before, now)).toBe(later);
  });
});

describe('parseNovaTime', () => {
  it('reads the times of database and API as UTC, in whatever zone it runs', () => {
    const expected = new Date('2026-11-22T18:03:19Z');
    expect(parseNovaTime('2026-11-22 18:03:19')).toEqual(expected);
    expect(parseNovaTime('2026-11-22T18:03:19.000000')).toEqual(expected);
    expect(parseNovaTime('2026-11-22T18:03:19Z')).toEqual(expected);
    expect(parseNovaTime('2026-11-22T20:03:19+02:00')).toEqual(expected);
    expect(parseNovaTime('2026-11-22 18:03:19.123456')).toEqual(new Date('2026-11-22T18:03:19.123Z'));
    expect(parseNovaTime(null)).toBeUndefined();
    expect(() => parseNovaTime('yesterday')).toThrow('no time of Nova');
  });
});
