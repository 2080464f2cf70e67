import { describe, expect, it } from 'vitest';
import { CpuSet } from '@whitebox/core';
import type { InstanceExtra, NovaReader } from '@whitebox/db';
import type { Claim } from './claim.js';
import { ClaimGuard } from './claim-guard.js';

/** Servers of the database, each with its pinned CPUs and page size. */
function guardOf(
  claim: Claim | undefined,
  guests: Readonly<
    Record<string, { host: string; pins: number[]; reserved?: number[]; pagesizeKiB?: number }>
  >,
): ClaimGuard {
  const extras: NovaReader['extras'] = ({ uuids = [] } = {}) =>
    Promise.resolve(
      [...uuids].map((instanceUuid) => {
        const { pins = [], reserved = [], pagesizeKiB = null } = guests[instanceUuid] ?? {};
        const cell = {
          cpuPinning: new Map(pins.map((cpu, vcpu) => [vcpu, cpu])),
          cpusetReserved: CpuSet.of(...reserved),
          pagesizeKiB,
        };
        return { instanceUuid, numaTopology: { cells: [cell] } } as unknown as InstanceExtra;
      }),
    );
  const guard = new ClaimGuard(claim, { extras });
  for (const [id, { host }] of Object.entries(guests)) {
    guard.watch({ id, name: id, hasHost: true, host: { name: host } });
  }
  return guard;
}

describe('ClaimGuard', () => {
  it('lets a case have what it claims on each host', async () => {
    const guests = { a: { host: 'h1', pins: [1, 2] }, b: { host: 'h2', pins: [1], reserved: [2] } };
    await expect(guardOf({ dedicatedCpus: 2 }, guests).after('boot', 'boot b')).resolves.toBeUndefined();
  });

  it('fails one whose guests hold more on one host', async () => {
    const guests = { a: { host: 'h1', pins: [1, 2] }, b: { host: 'h1', pins: [3], reserved: [4] } };
    await expect(guardOf({ dedicatedCpus: 3 }, guests).after('boot', 'boot b')).rejects.toMatchObject({
      code: 'WB_TESTKIT_CLAIM',
      message: expect.stringMatching(
        /hold 4 dedicated CPUs of h1, and it claims 3[^]*dedicatedCpus: 4/,
      ) as string,
    });
    await expect(guardOf({}, guests).after('resize', 'resize a')).rejects.toThrow('claims 0');
  });

  it('fails one whose guests have hugepages', async () => {
    const guests = { a: { host: 'h1', pins: [], pagesizeKiB: 2048 } };
    await expect(guardOf({}, guests).after('boot', 'boot a')).rejects.toThrow('pages of 2048 KiB');
    await expect(
      guardOf({}, { a: { ...guests.a, pagesizeKiB: 4 } }).after('boot', 'boot a'),
    ).resolves.toBeUndefined();
  });

  it('stops one that is about to change what others run on', () => {
    for (const kind of ['configure', 'stop-service', 'start-service', 'restart-service'] as const) {
      expect(() => {
        guardOf({}, {}).before(kind, 'set an option');
      }).toThrow('changes what other cases run on');
    }
    guardOf({}, {}).before('boot', 'boot a');
  });

  it('has nothing against a case that has the cloud alone', async () => {
    const guard = guardOf(undefined, { a: { host: 'h1', pins: [1, 2], pagesizeKiB: 2048 } });
    guard.before('configure', 'set an option');
    await expect(guard.after('boot', 'boot a')).resolves.toBeUndefined();
  });
});
