import { HostError } from '@whitebox/host';
import type { Cloud } from './cloud.js';
import type { ComputeHost } from './compute-host.js';

/** What says who a compute is. */
export interface ComputeIdentity {
  /** Of the compute API: id and name of the hypervisor. */
  readonly api: { readonly id: string; readonly hostname: string };
  readonly row: { readonly uuid: string | null; readonly hypervisorHostname: string | null };
  /** Resource providers of Placement that have this id or this name, roots alone. */
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  /** As libvirt tells it: nova/virt/libvirt/host.py, get_hostname. */
  readonly libvirtHostname: string;
  /** Content of the file compute_id; undefined: there is none. */
  readonly file: string | undefined;
}

/** What each layer says of a compute. */
export async function computeIdentity(cloud: Cloud, compute: ComputeHost): Promise<ComputeIdentity> {
  const { openstack, database, signal } = cloud;
  const [hypervisors, rows, providers, hostname, file] = await Promise.all([
    openstack.compute.hypervisors.listDetailed({ signal }),
    database.computeNodes({ host: compute.name }, { signal }),
    openstack.placement.providers({}, { signal }),
    compute.virsh.run(['hostname'], { signal }),
    computeIdFile(compute),
  ]);
  const api = hypervisors.find(({ serviceHost }) => serviceHost === compute.name);
  const [row] = rows;
  if (api === undefined || row === undefined || rows.length > 1) {
    throw new Error(
      `Nova has ${rows.length} rows and ${api === undefined ? 'no' : 'a'} hypervisor of ${compute.name}.`,
    );
  }
  return {
    api,
    row,
    providers: providers.filter(({ id, name }) => id === api.id || name === api.hostname),
    libvirtHostname: hostname.trim(),
    file,
  };
}

/**
 * Where the layers do not mean the same compute; one line each.
 *
 * @param withFile whether Nova keeps the UUID in a file: since 2023.1 (nova/virt/node.py)
 */
export function identityDifferences(
  { api, row, providers, libvirtHostname, file }: ComputeIdentity,
  { withFile }: { readonly withFile: boolean },
): string[] {
  const differences: string[] = [];
  const differ = (what: string, has: string | null | undefined, expected: string): void => {
    if (has !== expected) differences.push(`${what} is ${has ?? 'none'}, the API has ${expected}`);
  };
  differ('UUID in the database', row.uuid, api.id);
  differ('hypervisor_hostname in the database', row.hypervisorHostname, api.hostname);
  differ('name in libvirt', libvirtHostname, api.hostname);
  if (providers.length !== 1) {
    const listed = providers.map(({ id, name }) => `${name} ${id}`).join(', ') || 'none';
    differences.push(`providers in Placement are ${listed}; expected one`);
  }
  for (const provider of providers) {
    differ('UUID in Placement', provider.id, api.id);
    differ('name in Placement', provider.name, api.hostname);
  }
  if (withFile) differ('UUID in the file compute_id', file, api.id);
  return differences;
}

/**
 * Where nova-compute looks: beside its configuration files, then in `state_path` (nova/virt/node.py, get_local_node_uuid); as
 * its process sees them, for in a container these are other files.
 */
async function computeIdFile({ machine, config }: ComputeHost): Promise<string | undefined> {
  const statePath = config.effective('DEFAULT', 'state_path')?.value ?? '/var/lib/nova';
  for (const folder of ['/etc/nova', statePath]) {
    try {
      return new TextDecoder()
        .decode(await machine.readFile(`/proc/${config.pid}/root${folder}/compute_id`))
        .trim();
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'WB_HOST_NO_FILE') throw error;
    }
  }
  return undefined;
}
