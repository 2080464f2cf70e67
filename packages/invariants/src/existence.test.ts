import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import { everyInstance, of } from './testing/change-snapshot.js';
import { goodSnapshot } from './testing/good-snapshot.js';

describe('I1', () => {
  it('says how long Nova itself may take to see another power state', () => {
    const s = goodSnapshot();
    everyInstance(s, of.pinned(s), (row) => (row.powerState = 'shutdown'));
    const times = (): unknown[] =>
      judge(s).violations.map(({ id, point, settlesWithinS }) => [id, point, settlesWithinS]);
    expect(times()).toEqual([['I1', 'power_state', 600]]);
    of.host(s).config.syncPowerStateIntervalS = undefined;
    expect(times()).toEqual([['I1', 'power_state', undefined]]);
  });

  it('waits for Nova to stop a server whose domain has stopped, not for it to pause one that runs', () => {
    const s = goodSnapshot();
    everyInstance(s, of.pinned(s), (row) => (row.vmState = 'stopped'));
    everyInstance(s, of.floating(s), (row) => (row.vmState = 'paused'));
    expect(judge(s).violations.map(({ point, settlesWithinS }) => [point, settlesWithinS])).toEqual([
      ['state of the domain', 600],
      ['state of the domain', undefined],
    ]);
  });
});
