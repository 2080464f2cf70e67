import { ConfigError } from '@whitebox/config';
import { describe, expect, it } from 'vitest';
import { configuration } from './checks/configuration.js';
import { declared } from './checks/declared.js';
import { diskSpace, parseDf } from './checks/disk-space.js';
import { leftovers } from './checks/leftovers.js';
import { nodeVersion } from './checks/node-version.js';
import { bad, fakeApi, fakeConfig, fakeHost, fakeSite, healthyMachine, look } from './fake-site.suite.js';
import type { Site } from './site.js';

const { here } = fakeSite();

function at(more: Partial<Site['here']>): Site {
  return fakeSite({ here: { ...here, ...more } });
}

describe('the version of Node', () => {
  it.each(['v20.19.0', 'v22.1.0', 'v30.0.0'])('%s is new enough', async (nodeVersionText) => {
    expect((await look(nodeVersion, at({ nodeVersion: nodeVersionText }))).verdict).toBe('ok');
  });
  it.each(['v20.18.3', 'v18.20.0'])('%s is too old', async (nodeVersionText) => {
    expect((await look(nodeVersion, at({ nodeVersion: nodeVersionText }))).verdict).toBe('wrong');
  });
});

describe('the configuration', () => {
  it('is wrong with each of its problems, place and suggestion', async () => {
    const error = new ConfigError([
      {
        code: 'WB_CONFIG_UNKNOWN_OPTION',
        subject: '[whitebox] flavour_ram_size',
        observed: 'is no option',
        advice: 'Did you mean flavor_ram_size?',
        file: '/t.conf',
        line: 3,
      },
      { code: 'WB_CONFIG_NO_FILE', subject: 'the file', observed: 'is not there', advice: 'Make it.' },
    ]);
    const result = await look(configuration, fakeSite({ config: () => Promise.reject(error) }));
    expect(result.findings).toEqual([
      {
        verdict: 'wrong',
        found: '/t.conf:3: [whitebox] flavour_ram_size is no option',
        next: 'Did you mean flavor_ram_size?',
        code: 'WB_CONFIG_UNKNOWN_OPTION',
      },
      { verdict: 'wrong', found: 'the file is not there', next: 'Make it.', code: 'WB_CONFIG_NO_FILE' },
    ]);
  });

  it('warns of what means nothing any more', async () => {
    const note = { message: 'x has no effect', file: '/t.conf', line: 4 };
    const result = await look(
      configuration,
      fakeSite({ config: () => Promise.resolve(fakeConfig({}, [note])) }),
    );
    expect(bad(result)).toMatchObject([{ verdict: 'warning', found: '/t.conf:4: x has no effect' }]);
  });
});

describe('what is declared', () => {
  it('is held against what is found', async () => {
    const option = {
      group: 'whitebox-hardware',
      key: 'smt_hosts',
      value: ['a'],
      kind: 'said',
      origin: '/t.conf:1',
      note: 'found is b',
      found: { value: ['b'], origin: 'found' },
    } as const;
    const connection = {
      warnings: ['a: nodes.yaml:2 says ...'],
      options: { all: () => Promise.resolve([option]) },
    };
    const result = await look(declared, fakeSite({ connection: () => Promise.resolve(connection) }));
    expect(bad(result).map(({ found }) => found)).toEqual([
      '[whitebox-hardware] smt_hosts is a (/t.conf:1), but found is b',
      'a: nodes.yaml:2 says ...',
    ]);
  });

  it('cannot be told where a run could not open the cloud', async () => {
    const result = await look(declared, fakeSite({ connection: () => Promise.reject(new Error('dead')) }));
    expect(result.verdict).toBe('unknown');
  });
});

describe('disk space', () => {
  it('is wrong where a run could not write', async () => {
    const full = healthyMachine('b').on(
      'sh',
      '/dev/vda1 100 99 1 99% /\ntmpfs 1000000 1 900000 1% /tmp with blank\n',
    );
    const result = await look(
      diskSpace,
      fakeSite({
        here: { ...here, freeBytes: () => Promise.resolve(200 * 2 ** 20) },
        hosts: () => Promise.resolve([fakeHost('a'), fakeHost('b', full)]),
      }),
    );
    expect(bad(result)).toMatchObject([
      { verdict: 'warning', found: '/state: 200 MiB free' },
      { verdict: 'wrong', host: 'b', found: '/: 0 MiB free' },
      { verdict: 'warning', host: 'b', found: '/tmp with blank: 878 MiB free' },
    ]);
  });

  it('is unknown where df says nothing', async () => {
    const silent = fakeHost('a', healthyMachine('a').on('sh', ''));
    const result = await look(diskSpace, fakeSite({ hosts: () => Promise.resolve([silent]) }));
    expect(bad(result)).toMatchObject([{ verdict: 'unknown', host: 'a' }]);
    expect(parseDf('df: /x: No such file\n').size).toBe(0);
  });
});

describe('leftovers', () => {
  it('are runs that were killed, and resources with their names', async () => {
    const run = { runId: 'wb-1', directory: '/state/wb-1', started: 'then', cloud: {} };
    const site = fakeSite({
      here: { ...here, openRuns: () => Promise.resolve([run]) },
      api: () => Promise.resolve(fakeApi({ namedAsOurs: () => Promise.resolve(['server wb-2']) })),
    });
    const result = await look(leftovers, site);
    expect(bad(result)).toMatchObject([
      { verdict: 'wrong', found: 'run wb-1 of then was killed (/state/wb-1)' },
      { verdict: 'warning', found: '1 resources are named as a run names them: server wb-2' },
    ]);
  });

  it('cannot be excluded where a host or the API is not reached', async () => {
    const dead = fakeHost('b', undefined, { root: () => Promise.reject(new Error('dead')) });
    const site = fakeSite({
      api: () => Promise.reject(new Error('no')),
      hosts: () => Promise.resolve([fakeHost('a'), dead]),
    });
    expect((await look(leftovers, site)).findings.map(({ verdict }) => verdict)).toEqual([
      'unknown',
      'unknown',
    ]);
  });
});
