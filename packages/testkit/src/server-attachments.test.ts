import type { Port, Volume } from '@whitebox/openstack';
import { describe, expect, it } from 'vitest';
import { waitForAttachedPort, waitForVolume } from './server-attachments.js';

/** Answers with one after the other, the last one for ever. */
function volumes(...statuses: string[]) {
  let looks = 0;
  const show = () => {
    const status = statuses[Math.min(looks, statuses.length - 1)];
    looks += 1;
    return Promise.resolve({ status } as Volume);
  };
  return { show };
}

function ports(...owners: string[]) {
  let looks = 0;
  const port = () => {
    const deviceId = owners[Math.min(looks, owners.length - 1)];
    looks += 1;
    return Promise.resolve({ deviceId, status: 'DOWN' } as Port);
  };
  return { port };
}

describe('waitForVolume', () => {
  it('waits until the volume is there', async () => {
    await waitForVolume(volumes('creating', 'available'), 'v1', 'available', { timeoutMs: 30_000 });
  });

  it('gives up at once when the compute could not attach it', async () => {
    const waiting = waitForVolume(volumes('reserved', 'attaching', 'available'), 'v1', 'in-use', {
      timeoutMs: 30_000,
    });
    await expect(waiting).rejects.toThrow('Nova has let go of it: it is available');
  });

  it('gives up at once when Cinder did', async () => {
    const waiting = waitForVolume(volumes('attaching', 'error_attaching'), 'v1', 'in-use', {
      timeoutMs: 30_000,
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'WB_TESTKIT_VOLUME',
      observed: 'Cinder put it into error_attaching',
    });
  });

  it('says what it saw last when the time is over', async () => {
    const waiting = waitForVolume(volumes('attaching'), 'v1', 'in-use', { timeoutMs: 50 });
    await expect(waiting).rejects.toThrow(/volume v1 to become in-use[\s\S]*attaching/);
  });
});

describe('waitForAttachedPort', () => {
  it('waits until the port is plugged into the server', async () => {
    await waitForAttachedPort(ports('', 's1'), 'p1', 's1', { timeoutMs: 30_000 });
  });

  it('waits until nobody has it', async () => {
    await waitForAttachedPort(ports('s1', ''), 'p1', '', { timeoutMs: 30_000 });
  });

  it('says who has it when the time is over', async () => {
    const waiting = waitForAttachedPort(ports('s2'), 'p1', 's1', { timeoutMs: 50 });
    await expect(waiting).rejects.toThrow(/plugged into s1[\s\S]*of s2/);
  });
});
