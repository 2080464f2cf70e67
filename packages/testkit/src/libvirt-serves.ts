import type { ComputeService } from '@whitebox/openstack';
import type { ReadyProbe } from '@whitebox/services';

/** As {@link ComputeServices.list} of the API. */
type ListServices = (
  filter: { readonly binary: string; readonly host: string },
  limits: { readonly signal: AbortSignal },
) => Promise<readonly ComputeService[]>;

/**
 * Whether the libvirt of a host serves Nova again after a restart. A nova-compute that loses libvirt takes itself out of
 * scheduling at once, and comes back with its next connection, some seconds later (nova/virt/libvirt/driver.py,
 * _handle_conn_event and _set_host_enabled; nova/virt/libvirt/host.py, DISABLE_PREFIX). Until then no server can be
 * scheduled there. What an operator has disabled stays so, and is not waited for.
 */
export function libvirtServes(list: ListServices, host: string): ReadyProbe {
  return async (_restarted, signal) => {
    const [compute] = await list({ binary: 'nova-compute', host }, { signal });
    const reason = compute?.disabledReason ?? '';
    return reason.startsWith('AUTO:')
      ? { done: false, seen: `nova-compute of ${host} is disabled: ${reason}` }
      : { done: true, value: undefined };
  };
}
