import { WhiteboxError } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { cloudLogin } from './checks/cloud-login.js';
import { endpoints } from './checks/endpoints.js';
import { microversions } from './checks/microversions.js';
import { novaServices } from './checks/nova-services.js';
import { bad, fakeApi, fakeConfig, fakeService, fakeSite, look } from './fake-site.suite.js';
import type { Site, SiteApi } from './site.js';

function cloud(more: Partial<SiteApi>, rest: Partial<Site> = {}): Site {
  return fakeSite({ api: () => Promise.resolve(fakeApi(more)), ...rest });
}

const refused = new WhiteboxError({
  code: 'WB_OPENSTACK_UNAUTHORIZED',
  action: 'get a token',
  observed: 'HTTP 401',
  advice: 'Check user and password.',
});

describe('the login', () => {
  it('is wrong with the answer of Keystone', async () => {
    const result = await look(cloudLogin, fakeSite({ api: () => Promise.reject(refused) }));
    expect(result.findings).toMatchObject([{ verdict: 'wrong', found: 'get a token: HTTP 401' }]);
  });

  it('is wrong without the role admin', async () => {
    const token = { roles: ['member'], userName: 'demo', projectName: null, clockAheadMs: 0 };
    expect((await look(cloudLogin, cloud({ token }))).findings).toMatchObject([
      { verdict: 'wrong', found: 'demo at http://keystone/v3; roles: member' },
    ]);
  });

  it('keeps the checks that rest on it from calling the rest wrong', async () => {
    const site = fakeSite({ api: () => Promise.reject(refused) });
    for (const check of [endpoints, microversions, novaServices]) {
      expect((await look(check, site)).verdict).toBe('unknown');
    }
  });
});

describe('the services', () => {
  it('are wrong one by one', async () => {
    const result = await look(
      endpoints,
      cloud({
        answers: (type) => (type === 'placement' ? Promise.reject(refused) : Promise.resolve(null)),
        hasService: (type) => Promise.resolve(type !== 'key-manager'),
      }),
    );
    expect(bad(result)).toMatchObject([
      { verdict: 'wrong', found: 'placement: get a token: HTTP 401' },
      { verdict: 'warning', found: 'key-manager: not in the catalogue' },
    ]);
  });
});

describe('microversions', () => {
  const said = (version: string): Partial<Site> => ({
    config: () => Promise.resolve(fakeConfig({ 'compute.max_microversion': version })),
  });

  it('are fine where nothing, the latest or the same is said', async () => {
    for (const version of ['latest', '2.93']) {
      expect((await look(microversions, fakeSite(said(version)))).verdict).toBe('ok');
    }
  });

  it('are a warning where a lower or a higher one is said', async () => {
    expect(bad(await look(microversions, fakeSite(said('2.79'))))[0]?.next).toContain(
      'unless a lower one is meant',
    );
    expect(bad(await look(microversions, fakeSite(said('2.95'))))[0]?.next).toContain('Correct it');
  });

  it('are wrong where they are too old, and unknown where there are none', async () => {
    const old = cloud({ answers: () => Promise.resolve({ min: '2.1', max: '2.38' }) });
    expect((await look(microversions, old)).verdict).toBe('wrong');
    expect((await look(microversions, cloud({ answers: () => Promise.resolve(null) }))).verdict).toBe(
      'unknown',
    );
  });
});

describe('services of Nova', () => {
  it('are wrong where no nova-compute is up', async () => {
    const services = [fakeService({ state: 'down', forcedDown: true })];
    const result = await look(novaServices, cloud({ services: () => Promise.resolve(services) }));
    expect(bad(result).map(({ verdict }) => verdict)).toEqual(['wrong', 'warning']);
    expect(bad(result)[1]?.found).toBe('nova-compute on a is down because somebody marked it so');
  });

  it('are a warning where some are down or disabled', async () => {
    const services = [
      fakeService(),
      fakeService({ binary: 'nova-scheduler', host: 'c', state: 'down' }),
      fakeService({ host: 'b', status: 'disabled', disabledReason: 'broken' }),
    ];
    const result = await look(novaServices, cloud({ services: () => Promise.resolve(services) }));
    expect(bad(result)).toMatchObject([
      { verdict: 'warning', host: 'c', found: 'nova-scheduler on c is down' },
      { verdict: 'warning', host: 'b', found: 'nova-compute on b is disabled: broken' },
    ]);
  });
});
