import { expect, it } from 'vitest';
import { CaseHosts } from './case-hosts.js';

it('tells the hosts of a case when they are others than before, each once', async () => {
  const told: (readonly string[])[] = [];
  const hosts = new CaseHosts((names) => {
    told.push(names);
    return Promise.resolve();
  });
  const [one, two] = ['one', 'two'].map((id) => ({ id, hasHost: true, host: { name: 'compute1' } }));
  if (one === undefined || two === undefined) throw new Error('there are two');
  await hosts.afterStep();
  hosts.watch(one);
  await hosts.afterStep();
  hosts.watch(two);
  await hosts.afterStep();
  two.host = { name: 'a-compute' };
  await hosts.afterStep();
  await hosts.afterStep();
  one.hasHost = false;
  await hosts.afterStep();
  two.hasHost = false;
  await hosts.afterStep();
  expect(told).toEqual([['compute1'], ['a-compute', 'compute1'], ['a-compute'], []]);
});
