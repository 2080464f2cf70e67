import { after, ok, warning, wrong, type Check } from '../check.js';

export const novaServices: Check = {
  code: 'WB_DOCTOR_NOVA_SERVICES',
  title: 'services of Nova',
  look: async (site) => {
    const api = await after('the login to Keystone', site.api());
    const services = await api.services();
    const computes = services.filter(({ binary }) => binary === 'nova-compute');
    const up = computes.filter(({ state }) => state === 'up');
    const down = services.filter(({ state }) => state === 'down');
    const disabled = computes.filter(({ status }) => status === 'disabled');
    const names = (all: typeof services): string =>
      all.map(({ binary, host }) => `${binary} on ${host}`).join(', ');
    return [
      up.length === 0
        ? wrong(
            `no nova-compute is up; registered are ${names(computes) || 'none'}`,
            'See "openstack compute service list" and the log of nova-compute on its host.',
          )
        : ok(
            `${up.length} of ${computes.length} nova-computes are up: ${up.map(({ host }) => host).join(', ')}`,
          ),
      ...down.map((service) =>
        warning(
          `${names([service])} is down${service.forcedDown ? ' because somebody marked it so' : ''}`,
          service.forcedDown
            ? 'Take the mark away: openstack compute service set --up HOST nova-compute.'
            : 'See its log on that host; no case uses it meanwhile.',
          service.host,
        ),
      ),
      ...disabled.map((service) =>
        warning(
          `nova-compute on ${service.host} is disabled${service.disabledReason === null ? '' : `: ${service.disabledReason}`}`,
          'No guest gets there: openstack compute service set --enable HOST nova-compute.',
          service.host,
        ),
      ),
    ];
  },
};
