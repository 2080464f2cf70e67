import { describe, expect, it } from 'vitest';
import { CpuSet } from '@whitebox/core';
import type { InstanceExtra, NovaReader } from '@whitebox/db';
import type { Claim } from './claim.js';
import { ClaimGuard } from './claim-guard.js';

/** Servers of the database, each with its pinned CPUs and page size. */
function guardOf(
  claim: Claim | undefined,
  guests: Readonly<
    Record<
      string,
      {
        host: string;
        pins: number[];
        reserved?: number[];
        pagesizeKiB?: number;
        memoryMiB?: number;
        vcpus?: number;
        resourceClass?: string;
        pci?: true;
      }
    >
  >,
  own: readonly string[] = [],
): ClaimGuard {
  const extras: NovaReader['extras'] = ({ uuids = [] } = {}) =>
    Promise.resolve(
      [...uuids].map((instanceUuid) => {
        const { pins, reserved = [], pagesizeKiB = null, ...more } = guests[instanceUuid]!;
        const cell = {
          cpuPinning: new Map(pins.map((cpu, vcpu) => [vcpu, cpu])),
          cpusetReserved: CpuSet.of(...reserved),
          pagesizeKiB,
        };
        return {
          instanceUuid,
          numaTopology: { cells: [cell] },
          flavors: { current: { memoryMiB: more.memoryMiB ?? 64, vcpus: more.vcpus ?? 1 } },
          pciRequests: more.pci === true ? [{}] : [],
          resources: more.resourceClass === undefined ? [] : [{ resourceClass: more.resourceClass }],
        } as unknown as InstanceExtra;
      }),
    );
  const guard = new ClaimGuard(claim, { own, hosts: ['h1', 'h2'] }, { extras });
  for (const [id, { host }] of Object.entries(guests)) {
    guard.watch({ id, name: id, hasHost: true, host: { name: host } });
  }
  return guard;
}

describe('ClaimGuard', () => {
  it('lets a case have what it claims on each host', async () => {
    const guests = { a: { host: 'h1', pins: [1, 2] }, b: { host: 'h2', pins: [1], reserved: [2] } };
    await expect(
      guardOf({ servers: 2, dedicatedCpus: 2 }, guests).after('boot', 'boot b'),
    ).resolves.toBeUndefined();
  });

  it('fails one whose guests hold more on one host', async () => {
    const guests = { a: { host: 'h1', pins: [1, 2] }, b: { host: 'h1', pins: [3], reserved: [4] } };
    await expect(
      guardOf({ servers: 2, dedicatedCpus: 3 }, guests).after('boot', 'boot b'),
    ).rejects.toMatchObject({
      code: 'WB_TESTKIT_CLAIM',
      message: expect.stringMatching(
        /hold 4 dedicated CPUs of h1, and it claims 3[^]*dedicatedCpus: 4/,
      ) as string,
    });
    await expect(guardOf({ servers: 2 }, guests).after('resize', 'resize a')).rejects.toThrow('claims 0');
  });

  it('counts the cells of a claim', async () => {
    const guests = { a: { host: 'h1', pins: [1, 2, 3, 4] } };
    const claim = { dedicatedCpus: 2, cells: 2 };
    await expect(guardOf(claim, guests).after('boot', 'boot a')).resolves.toBeUndefined();
  });

  it('fails one that has more of the quota', async () => {
    const guests = { a: { host: 'h1', pins: [], vcpus: 3 }, b: { host: 'h2', pins: [], vcpus: 2 } };
    await expect(guardOf({}, guests).after('boot', 'boot b')).rejects.toThrow(
      /it has 2 servers with 5 vCPUs, and it claims 1 with 4[^]*servers: 2, vcpus: 5/,
    );
    await expect(guardOf({ servers: 2 }, guests).after('boot', 'boot b')).rejects.toThrow('2 with 4');
    await expect(guardOf({ servers: 2, vcpus: 5 }, guests).after('boot', 'boot b')).resolves.toBeUndefined();
  });

  it('stops one that is about to make more volumes', () => {
    const guard = guardOf({ volumes: 3 }, {});
    guard.volumes(2, 'boot with 2 new volumes');
    guard.volumes(1, 'make volume a');
    expect(() => {
      guard.volumes(1, 'make volume b');
    }).toThrow(/these are 4 volumes, and it claims 3[^]*volumes: 4/);
    guardOf(undefined, {}).volumes(9, 'boot with 9 new volumes');
  });

  it('fails one whose guests have more memory on one host', async () => {
    const guests = {
      a: { host: 'h1', pins: [], memoryMiB: 300 },
      b: { host: 'h1', pins: [], memoryMiB: 300 },
    };
    await expect(guardOf({ servers: 2 }, guests).after('boot', 'boot b')).rejects.toThrow(
      /have 600 MiB of h1, and it claims 512[^]*memoryMib: 600/,
    );
    await expect(
      guardOf({ servers: 2, memoryMib: 600 }, guests).after('boot', 'boot b'),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['hugepages', { pagesizeKiB: 2048 }, 'pages of 2048 KiB'],
    ['nvdimm', { resourceClass: 'CUSTOM_PMEM_NAMESPACE_4GB' }, 'CUSTOM_PMEM_NAMESPACE_4GB'],
    ['vgpu', { resourceClass: 'VGPU' }, 'VGPU'],
    ['pci', { pci: true }, 'PCI devices'],
  ] as const)('fails one whose guests have %s and does not say so', async (thing, has, found) => {
    const guests = { a: { host: 'h1', pins: [], ...has } };
    await expect(guardOf({}, guests).after('boot', 'boot a')).rejects.toThrow(found);
    await expect(guardOf({ exclusive: [thing] }, guests).after('boot', 'boot a')).resolves.toBeUndefined();
  });

  it('has nothing against ordinary pages', async () => {
    const guests = { a: { host: 'h1', pins: [], pagesizeKiB: 4 } };
    await expect(guardOf({}, guests).after('boot', 'boot a')).resolves.toBeUndefined();
  });

  it('fails one whose guest is where it must not come', async () => {
    const guests = { a: { host: 'h3', pins: [] } };
    await expect(guardOf({}, guests).after('live-migrate', 'live migrate a')).rejects.toThrow(
      'a is on h3, and it claims h1, h2',
    );
  });

  it('stops one that is about to change what others run on', () => {
    for (const kind of ['configure', 'stop-service', 'start-service', 'restart-service'] as const) {
      const change = (own: readonly string[], hosts?: readonly string[]) => () => {
        guardOf({ ownHosts: own.length }, {}, own).before(kind, 'set an option', hosts);
      };
      expect(change([], ['h1'])).toThrow('it has no host to itself, and this changes h1');
      expect(change(['h1'], ['h1', 'h2'])).toThrow('it has h1 to itself, and this changes h2');
      expect(change(['h1', 'h2'])).toThrow('hosts that it does not tell');
      expect(change(['h1'], ['h1'])).not.toThrow();
    }
    guardOf({}, {}).before('boot', 'boot a');
  });

  it('has nothing against a case that has the cloud alone', async () => {
    const guard = guardOf(undefined, { a: { host: 'h1', pins: [1, 2], pagesizeKiB: 2048 } });
    guard.before('configure', 'set an option');
    await expect(guard.after('boot', 'boot a')).resolves.toBeUndefined();
  });
});
