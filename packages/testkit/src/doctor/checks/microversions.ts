import { compareMicroversions, novaRelease } from '@whitebox/openstack';
import { after, ok, unknown, warning, wrong, type Check } from '../check.js';

/** The oldest of which the services, with their ids, can be listed as Whitebox does. */
const oldest = '2.53';

export const microversions: Check = {
  code: 'WB_DOCTOR_MICROVERSIONS',
  title: 'microversions of the compute API',
  look: async (site, signal) => {
    const api = await after('the login to Keystone', site.api());
    const range = await after('the compute API', api.answers('compute', signal));
    if (range === null) return [unknown('the compute API tells no microversions')];
    const release = novaRelease(range.max).names.join(' or ') || 'an unknown release';
    if (compareMicroversions(range.max, oldest) < 0) {
      return [
        wrong(
          `up to ${range.max}, and Whitebox needs ${oldest}`,
          'This Nova is older than Pike: upgrade, or look for a proxy that takes microversions away.',
        ),
      ];
    }
    const config = await site.config().catch(() => undefined);
    const said = config?.get('compute', 'max_microversion');
    if (said !== undefined && said !== 'latest' && compareMicroversions(said, range.max) !== 0) {
      const more = compareMicroversions(said, range.max) > 0;
      const next = more
        ? 'Correct it or leave it out: the highest that the cloud has is taken.'
        : 'Leave it out, unless a lower one is meant: cases that need more are skipped.';
      return [
        warning(`[compute] max_microversion is ${said}, the cloud has up to ${range.max} (${release})`, next),
      ];
    }
    return [ok(`${range.min} to ${range.max} (${release})`)];
  },
};
