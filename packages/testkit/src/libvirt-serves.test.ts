import type { ComputeService } from '@whitebox/openstack';
import type { Restarted } from '@whitebox/services';
import { expect, it } from 'vitest';
import { libvirtServes } from './libvirt-serves.js';

const compute: ComputeService = {
  id: '1',
  binary: 'nova-compute',
  host: 'a',
  zone: 'nova',
  status: 'enabled',
  state: 'up',
  disabledReason: null,
  forcedDown: false,
  updatedAt: null,
  raw: {},
};

const look = (rows: readonly ComputeService[]) =>
  libvirtServes(({ host }) => Promise.resolve(rows.filter((row) => row.host === host)), 'a')(
    {} as Restarted,
    new AbortController().signal,
  );

it.each([
  ['enabled', { ...compute }],
  ['disabled by an operator', { ...compute, status: 'disabled' as const, disabledReason: 'maintenance' }],
  ['disabled without a reason', { ...compute, status: 'disabled' as const }],
])('libvirt serves where nova-compute is %s', async (_what, row) => {
  expect(await look([row])).toMatchObject({ done: true });
});

it('waits while nova-compute has taken itself out of scheduling, and says so', async () => {
  const lost = {
    ...compute,
    status: 'disabled' as const,
    disabledReason: 'AUTO: Connection to libvirt lost: 1',
  };
  expect(await look([lost, { ...compute, host: 'b' }])).toEqual({
    done: false,
    seen: 'nova-compute of a is disabled: AUTO: Connection to libvirt lost: 1',
  });
});
