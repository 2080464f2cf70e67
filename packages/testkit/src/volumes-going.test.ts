import { WhiteboxError } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { waitForVolumesGoing } from './volumes-going.js';

/** Cinder with volumes that are looked at so many times in a state before they are gone. */
function fakeVolumes(states: Record<string, string[]>): {
  looks: string[];
  show(id: string): Promise<{ status: string }>;
} {
  const looks: string[] = [];
  return {
    looks,
    show(id) {
      looks.push(id);
      const left = states[id] ?? [];
      const status = left.length > 1 ? left.shift() : left[0];
      if (status !== undefined && status !== 'gone') return Promise.resolve({ status });
      return Promise.reject(
        new WhiteboxError({ code: 'WB_OPENSTACK_NOT_FOUND', action: 'show', observed: '404', advice: '' }),
      );
    },
  };
}

describe('waitForVolumesGoing', () => {
  it('waits until those that are being deleted are gone', async () => {
    const volumes = fakeVolumes({ a: ['deleting', 'deleting', 'gone'], b: ['gone'] });
    await waitForVolumesGoing(volumes, ['a', 'b'], { intervalMs: 1, timeoutMs: 5000 });
    expect(volumes.looks.filter((id) => id === 'a')).toHaveLength(3);
  });

  it('leaves alone what stays without its server', async () => {
    const volumes = fakeVolumes({ a: ['available'], b: ['in-use'] });
    await waitForVolumesGoing(volumes, ['a', 'b'], { intervalMs: 1, timeoutMs: 5000 });
    expect(volumes.looks).toEqual(['a', 'b']);
  });

  it('says which volume Cinder does not get rid of', async () => {
    const volumes = fakeVolumes({ a: ['deleting', 'error_deleting'], b: ['deleting', 'gone'] });
    await expect(
      waitForVolumesGoing(volumes, ['a', 'b'], { intervalMs: 1, timeoutMs: 5000 }),
    ).rejects.toMatchObject({
      code: 'WB_TESTKIT_VOLUME_LEFT',
      observed: expect.stringContaining('error_deleting') as string,
    });
  });

  it('gives up at its deadline and says what it saw last', async () => {
    const volumes = fakeVolumes({ a: ['deleting'] });
    await expect(waitForVolumesGoing(volumes, ['a'], { intervalMs: 1, timeoutMs: 20 })).rejects.toThrow(
      /deleting/,
    );
  });
});
