import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';

export interface Hypervisor {
  /** The uuid of the compute node, which is its resource provider's too. */
  readonly id: string;
  readonly hostname: string;
  readonly state: string;
  readonly status: string;
}

export interface HypervisorDetail extends Hypervisor {
  readonly type: string;
  readonly version: number;
  readonly hostIp: string | null;
  /** Name of the compute service: the `host` of its servers. */
  readonly serviceHost: string;
  readonly vcpus: number | null;
  readonly memoryMib: number | null;
  readonly diskGib: number | null;
  readonly runningServers: number | null;
  readonly raw: JsonObject;
}

export class Hypervisors {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async list(options?: CallOptions): Promise<readonly Hypervisor[]> {
    const call = { action: 'list hypervisors', path: '/os-hypervisors', needs: '2.53' };
    return (await this.#client.list('hypervisors', call, options)).map(decode);
  }

  /**
   * With details, by microversion 2.87: it still tells CPUs and memory, and it does not ask each compute service for its
   * uptime, which hangs for a minute while one is starting (nova/api/openstack/compute/hypervisors.py, 2.88).
   */
  async listDetailed(options?: CallOptions): Promise<readonly HypervisorDetail[]> {
    const call = {
      action: 'list hypervisors with details',
      path: '/os-hypervisors/detail',
      needs: '2.53',
      best: '2.87',
    };
    return (await this.#client.list('hypervisors', call, options)).map(decodeDetail);
  }

  async show(id: string, options?: CallOptions): Promise<HypervisorDetail> {
    const path = `/os-hypervisors/${encodeURIComponent(id)}`;
    const call = {
      action: `show hypervisor ${id}`,
      method: 'GET',
      path,
      needs: '2.53',
      best: '2.87',
    } as const;
    return decodeDetail(await this.#client.fetch('hypervisor', call, options));
  }

  /**
   * What `uptime` prints on the host, as its nova-compute answers it to an RPC call: who asks while it starts has the answer as
   * soon as it listens, or none within `rpc_response_timeout`. By microversion 2.87, the last with a request of its own for it.
   *
   * @throws OpenStackError `WB_OPENSTACK_BAD_REQUEST` where Nova holds the service for down (HypervisorsController.uptime,
   *   nova/api/openstack/compute/hypervisors.py)
   */
  async uptime(id: string, options?: CallOptions): Promise<string> {
    const call = {
      action: `ask hypervisor ${id} for its uptime`,
      method: 'GET',
      path: `/os-hypervisors/${encodeURIComponent(id)}/uptime`,
      needs: '2.53',
      best: '2.87',
    } as const;
    return (await this.#client.fetch('hypervisor', call, options)).string('uptime');
  }
}

function decode(hypervisor: Fields): Hypervisor {
  return {
    id: hypervisor.string('id'),
    hostname: hypervisor.string('hypervisor_hostname'),
    state: hypervisor.string('state'),
    status: hypervisor.string('status'),
  };
}

function decodeDetail(hypervisor: Fields): HypervisorDetail {
  return {
    ...decode(hypervisor),
    type: hypervisor.string('hypervisor_type'),
    version: hypervisor.number('hypervisor_version'),
    hostIp: hypervisor.stringOrNull('host_ip'),
    serviceHost: hypervisor.object('service').string('host'),
    vcpus: hypervisor.numberOrNull('vcpus'),
    memoryMib: hypervisor.numberOrNull('memory_mb'),
    diskGib: hypervisor.numberOrNull('local_gb'),
    runningServers: hypervisor.numberOrNull('running_vms'),
    raw: hypervisor.raw,
  };
}
