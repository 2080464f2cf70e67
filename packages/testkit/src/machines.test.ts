import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { TestkitError } from './errors.js';
import { Machines } from './machines.js';

describe('Machines', () => {
  it('connects to each once, at the address that is said or as the SSH configuration has it, and is root there', async () => {
    const asked: (string | undefined)[] = [];
    const machines = new Machines(
      (name, at) => {
        asked.push(at?.address);
        return Promise.resolve(new FakeHost({ name }));
      },
      new Map([['compute-0', '192.0.2.1']]),
    );
    const [one, again, other] = await Promise.all(
      ['compute-0', 'compute-0', 'compute-1'].map((name) => machines.root(name)),
    );
    expect(one).toBe(again);
    expect(other?.name).toBe('root@compute-1');
    expect(await machines.nameOf(other!)).toBe('compute-1');
    expect(asked).toEqual(['192.0.2.1', undefined]);
  });

  it('says which options of the configuration lead to a machine that cannot be reached', async () => {
    const machines = new Machines(
      (name, at) =>
        Promise.reject(
          new TestkitError({
            code: 'WB_SSH_UNREACHABLE',
            action: `connect to ${at?.address ?? name}`,
            host: name,
            observed: 'ENOTFOUND',
            advice: 'Check it.',
          }),
        ),
      new Map([['compute-0', '192.0.2.1']]),
    );
    await expect(machines.root('compute-1')).rejects.toMatchObject({
      code: 'WB_SSH_UNREACHABLE',
      observed: 'ENOTFOUND',
      advice: expect.stringContaining(
        'ctlplane_addresses (no address of compute-1 there, so its name was used)',
      ) as string,
    });
    await expect(machines.root('compute-0')).rejects.toThrow('compute-0 is 192.0.2.1 there');
  });
});
