import { expect, it } from 'vitest';
import { testIdOf, withoutBrackets } from './test-id.js';

const suite = '@whitebox/nova-nfv-suite';
const of = (rest: string): string => testIdOf(suite, `${suite}/${rest}`);

it('is the suite, the file and the sentence as identifiers, and a UUID, the same from run to run', () => {
  // The UUID is what uuid.uuid5(uuid.NAMESPACE_URL, 'whitebox:...') of Python makes of it.
  expect(of('cpu-policy > two guests with dedicated CPUs (on one host) share none')).toBe(
    'whitebox_nova_nfv_suite.cpu_policy.two_guests_with_dedicated_CPUs_on_one_host_share_none[id-1e36af23-6dc0-50cb-8130-93972c9cb8c8]',
  );
});

it('has the dots of Tempest and no other, whatever is in the sentence', () => {
  const id = of("files > Nova's /etc/nova/nova.conf, [a] > [b]: 1.5 GiB… stays");
  expect(id).toMatch(
    /^whitebox_nova_nfv_suite\.files\.Nova_s_etc_nova_nova_conf_a_b_1_5_GiB_stays\[id-[0-9a-f-]{36}\]$/,
  );
  expect(withoutBrackets(id)).toMatch(/_stays$/);
});

it('tells apart what differs only in punctuation, and in the file', () => {
  expect(withoutBrackets(of('a > 1-2 CPUs'))).toBe(withoutBrackets(of('a > 1, 2 CPUs')));
  expect(new Set([of('a > 1-2 CPUs'), of('a > 1, 2 CPUs'), of('b > 1-2 CPUs')]).size).toBe(3);
});

it('is a UUID of version 5, variant 1', () => {
  for (const word of 'abcdefghij') {
    expect(of(`f > ${word}`)).toMatch(
      /\[id-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\]$/,
    );
  }
});
