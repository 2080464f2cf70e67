import { waitUntil } from '@whitebox/core';
import type { ComputeNodeRow, ServiceRow } from '@whitebox/db';
import type { Restarted } from '@whitebox/services';
import { describe, expect, it } from 'vitest';
import { novaComputeServes, type ServingSources } from './nova-compute-serves.js';

const restarted = {} as Restarted;

/** A compute with one report more at each look from the nth on, and these answers to one call after the other. */
function cloud(
  reportsAtLook: number,
  uptime: ServingSources['hypervisors']['uptime'],
  conductor = '2026-11-22T10:00:19Z',
): ServingSources {
  let looks = 0;
  return {
    database: {
      services: ({ host } = {}) => {
        if (host !== undefined) looks += 1;
        const reportCount = looks >= reportsAtLook ? 8 : 7;
        const lastSeenUp = new Date('2026-11-22T10:00:00Z');
        const rows = [
          { host: 'compute1', binary: 'nova-compute', lastSeenUp, reportCount },
          { host: 'controller', binary: 'nova-conductor', lastSeenUp: new Date(conductor), reportCount: 1 },
        ] as unknown as ServiceRow[];
        return Promise.resolve(rows.filter((row) => host === undefined || row.host === host));
      },
      computeNodes: () => Promise.resolve([{ uuid: 'the-node' } as ComputeNodeRow]),
    },
    hypervisors: { uptime },
  };
}

const serve = (sources: ServingSources, timeoutMs = 5000) => {
  const probe = novaComputeServes(sources, 'compute1');
  return waitUntil('it to serve', (signal) => probe(restarted, signal), { timeoutMs, intervalMs: 5 });
};

/** Never answers, until it is given up. */
const hang = (given: { gaveUp?: unknown }) => (_id: string, options?: { signal?: AbortSignal | undefined }) =>
  new Promise<never>((_, reject) => {
    options?.signal?.addEventListener('abort', () => {
      given.gaveUp = options.signal?.reason;
      reject(new Error('given up'));
    });
  });

describe('novaComputeServes', () => {
  it('is done with the answer to a call, long before a report', async () => {
    const asked: string[] = [];
    const uptime = async (id: string): Promise<string> => {
      asked.push(id);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'up 1 day';
    };
    await serve(cloud(Infinity, uptime));
    expect(asked).toEqual(['the-node']);
  });

  it('waits for a report where the last one is so old that the scheduler may hold it for down', async () => {
    let told = false;
    const uptime = (): Promise<string> => {
      told = true;
      return Promise.resolve('up');
    };
    const old = '2026-11-22T10:00:21Z';
    await expect(serve(cloud(Infinity, uptime, old), 100)).rejects.toThrow('no heartbeat since the restart');
    expect(told).toBe(true);
    await serve(cloud(4, uptime, old));
  });

  it('waits for a report where Nova holds a service for down after seconds', async () => {
    const sources = cloud(4, () => Promise.resolve('up'));
    await expect(
      serve({ ...cloud(Infinity, () => Promise.resolve('up')), serviceDownMs: 10_000 }, 100),
    ).rejects.toThrow('no heartbeat since the restart');
    await serve({ ...sources, serviceDownMs: 10_000 });
  });

  it('asks again where it was refused', async () => {
    let asked = 0;
    const uptime = (): Promise<string> => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new Error('Compute service is unavailable'))
        : Promise.resolve('up');
    };
    await serve(cloud(Infinity, uptime));
    expect(asked).toBe(2);
  });

  it('is done with a report where no call is answered, and gives up the call', async () => {
    const given: { gaveUp?: unknown } = {};
    await serve(cloud(3, hang(given)));
    expect(given.gaveUp).toBeDefined();
  });

  it('says what it saw last where neither comes, and gives up the call', async () => {
    const given: { gaveUp?: unknown } = {};
    await expect(serve(cloud(Infinity, hang(given)), 100)).rejects.toThrow(
      /no heartbeat since the restart, the last one: 2026-11-22T10:00:00.000Z, report 7/,
    );
    expect(given.gaveUp).toBeDefined();
  });

  it('asks each restart anew', async () => {
    let asked = 0;
    const sources = cloud(Infinity, () => Promise.resolve(`up ${(asked += 1)}`));
    const probe = novaComputeServes(sources, 'compute1');
    for (const one of [{}, {}] as Restarted[])
      await waitUntil('it to serve', (signal) => probe(one, signal), { timeoutMs: 5000, intervalMs: 5 });
    expect(asked).toBe(2);
  });
});
