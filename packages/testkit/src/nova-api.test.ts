import type { Host } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { apiAnswers, configurableApi, findNovaApis } from './nova-api.js';
import type { Discovered } from './needs.js';

/** A controller without any unit of Nova. */
const bare = (name: string): Host => new FakeHost({ name }).on('sh', '');

describe('findNovaApis', () => {
  const said = () => undefined;

  it('says which control host has none', async () => {
    const found = await findNovaApis({
      controlHosts: ['ctl1'],
      root: (name) => Promise.resolve(bare(name)),
      said,
    });
    expect(found).toMatchObject({ services: [], obstacle: expect.stringMatching(/^ctl1: /) as string });
  });

  it('says which control host cannot be reached', async () => {
    const root = () => Promise.reject(new Error('connection refused\nmore'));
    expect(await findNovaApis({ controlHosts: ['ctl1'], root, said })).toEqual({
      services: [],
      obstacle: 'ctl1: connection refused',
    });
  });

  it('finds none where Nova tells of no control host', async () => {
    const root = () => Promise.reject(new Error('not asked for'));
    const { obstacle } = await findNovaApis({ controlHosts: [], root, said });
    expect(obstacle).toBe('Nova tells of no scheduler and conductor');
  });
});

it('a need is met where nothing is in the way', async () => {
  const found = (obstacle: string | undefined) =>
    ({ novaApis: () => Promise.resolve({ services: [], obstacle }) }) as unknown as Discovered;
  expect(await configurableApi().missing(found(undefined))).toBeUndefined();
  expect(await configurableApi().missing(found('ctl1: no nova-api'))).toEqual({
    evidence: 'ctl1: no nova-api',
    transient: false,
  });
});

it('an API answers when its list of services can be read', async () => {
  const api = (list: () => Promise<unknown>) =>
    ({ compute: { services: { list } } }) as unknown as Parameters<typeof apiAnswers>[0];
  const look = (list: () => Promise<unknown>) =>
    apiAnswers(api(list))(undefined as never, new AbortController().signal);
  expect(await look(() => Promise.resolve([]))).toEqual({ done: true, value: [] });
  expect(await look(() => Promise.reject(new Error('ECONNREFUSED')))).toEqual({
    done: false,
    seen: 'ECONNREFUSED',
  });
});
