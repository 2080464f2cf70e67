import { CpuSet } from '@whitebox/core';
import type { ComputeNodeRow, InstanceExtra } from '@whitebox/db';
import { describe, expect, it } from 'vitest';
import { heldOn, waitUntilGivenBack, waitUntilHeld } from './held-resources.js';

/** A compute that accounts for these CPUs of its two cells at each look; the last answer stays. */
function accounts(
  ...looks: readonly string[]
): Parameters<typeof waitUntilGivenBack>[0] & { readonly asked: number } {
  let asked = 0;
  return {
    signal: new AbortController().signal,
    get asked() {
      return asked;
    },
    database: {
      extras: () => Promise.resolve([]),
      computeNodes: () => {
        const cpus = CpuSet.parse(looks[Math.min(asked, looks.length - 1)] ?? '', 'nova');
        asked += 1;
        const cells = [0, 1].map((id) => ({
          id,
          pinnedCpus: CpuSet.from([...cpus].filter((cpu) => cpu % 2 === id)),
          pages: [{ sizeKiB: 2048, used: 3 }],
        }));
        return Promise.resolve([{ numaTopology: { cells } } as unknown as ComputeNodeRow]);
      },
    },
  };
}

const host = { name: 'compute1' };

describe('heldOn', () => {
  it('adds up the cells of a compute', async () => {
    const { cpus, pages } = await heldOn(accounts('1-4'), host);
    expect(cpus.toString()).toBe('1-4');
    expect([...pages]).toEqual([[2048, 6]]);
  });
});

describe('waitUntilHeld', () => {
  it('waits for the count that has the guest', async () => {
    const cloud = accounts('', '2', '2-3');
    await waitUntilHeld(cloud, host, CpuSet.parse('2-3', 'nova'));
    expect(cloud.asked).toBe(3);
  });

  it('ends with its case', async () => {
    const cloud = { ...accounts('2'), signal: AbortSignal.timeout(50) };
    await expect(waitUntilHeld(cloud, host, CpuSet.parse('2-3', 'nova'))).rejects.toThrow();
  });
});

describe('waitUntilGivenBack', () => {
  it('waits for the count that has none of them any more', async () => {
    const cloud = accounts('2-3', '3', '5');
    await waitUntilGivenBack(cloud, host, CpuSet.parse('2-3', 'nova'));
    expect(cloud.asked).toBe(3);
  });

  it('does not wait for those that the guest of another case has got meanwhile', async () => {
    const cloud = accounts('2-3', '3');
    const cell = { cpuPinning: new Map([[0, 3]]), cpusetReserved: CpuSet.empty };
    const other = { numaTopology: { cells: [cell] } } as unknown as InstanceExtra;
    const database = { ...cloud.database, extras: () => Promise.resolve([other]) };
    await waitUntilGivenBack({ ...cloud, database }, host, CpuSet.parse('2-3', 'nova'));
    expect(cloud.asked).toBe(2);
  });
});
