import type { OpenStack } from '@whitebox/openstack';
import { describe, expect, it } from 'vitest';
import { CloudApi } from './cloud-api.js';

/** As much of Nova as an aggregate takes: one with hosts cannot be deleted. */
function cloudWithAggregates() {
  const all = new Map<number, { id: number; name: string; hosts: string[]; metadata: object }>();
  const the = (id: number) => {
    const found = all.get(id);
    return found === undefined ? Promise.reject(new Error('404')) : Promise.resolve(found);
  };
  const aggregates = {
    create: (name: string) => {
      all.set(7, { id: 7, name, hosts: [], metadata: {} });
      return the(7);
    },
    list: () => Promise.resolve([...all.values()]),
    show: the,
    addHost: async (id: number, host: string) => (await the(id)).hosts.push(host),
    removeHost: async (id: number, host: string) => {
      const one = await the(id);
      one.hosts = one.hosts.filter((other) => other !== host);
    },
    setMetadata: async (id: number, metadata: object) => Object.assign((await the(id)).metadata, metadata),
    delete: async (id: number) => {
      if ((await the(id)).hosts.length > 0) throw new Error('409: not empty');
      all.delete(id);
    },
  };
  return { all, api: new CloudApi({ compute: { aggregates } } as unknown as OpenStack) };
}

describe('CloudApi', () => {
  it('makes an aggregate with its hosts, finds it by name and removes it with them', async () => {
    const { all, api } = cloudWithAggregates();
    const id = await api.createAggregate({ name: 'a', hosts: ['one', 'two'], metadata: { fast: 'true' } });
    expect(all.get(Number(id))).toEqual({
      id: 7,
      name: 'a',
      hosts: ['one', 'two'],
      metadata: { fast: 'true' },
    });
    expect(await api.findByName('aggregate', 'a')).toEqual([id]);
    await api.remove('aggregate', id);
    expect(all.size).toBe(0);
  });
});
