import type { ServiceType } from '@whitebox/openstack';
import { after, ok, warning, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import type { SiteApi } from '../site.js';

const needed: readonly ServiceType[] = ['compute', 'placement', 'image', 'network'];
const optional: readonly ServiceType[] = ['block-storage', 'key-manager'];

/** Each service of the catalogue that runs need, asked once. */
export const endpoints: Check = {
  code: 'WB_DOCTOR_ENDPOINTS',
  title: 'services of the cloud',
  look: async (site, signal) => {
    const api = await after('the login to Keystone', site.api());
    const each = await Promise.all([
      ...needed.map((type) => ask(api, type, signal)),
      ...optional.map(async (type) =>
        (await api.hasService(type))
          ? ask(api, type, signal)
          : warning(`${type}: not in the catalogue`, 'Cases that need it are skipped.'),
      ),
    ]);
    return each.flat();
  },
};

async function ask(
  api: SiteApi,
  type: ServiceType,
  signal: AbortSignal,
): Promise<Finding | readonly Finding[]> {
  try {
    const url = await api.endpoint(type);
    const range = await api.answers(type, signal);
    return ok(`${type}: ${url} answers${range === null ? '' : `, ${range.min} to ${range.max}`}`);
  } catch (error) {
    return findingsOfError(error).map((finding) => ({ ...finding, found: `${type}: ${finding.found}` }));
  }
}
