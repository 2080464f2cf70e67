import type { Deployment, Service } from '@whitebox/services';

/** How a host is deployed, in words. */
export interface FoundDeployment {
  readonly host: string;
  /** Of @whitebox/services: "tripleo". */
  readonly flavour: string;
  readonly title: string;
  /** What on the host tells it; empty where the configuration says it. */
  readonly evidence: readonly string[];
  readonly services: readonly FoundService[];
  /** "podman exec -u root nova_libvirt virsh" */
  readonly virsh: string;
  /** Where this flavour has Nova's databases. */
  readonly database: string;
}

export interface FoundService {
  readonly name: string;
  /** "unit devstack@n-cpu.service", "podman container nova_compute of unit tripleo_nova_compute.service" */
  readonly runs: string;
  /** Configuration files that its process has read, as it sees them; empty where nobody looked. */
  readonly files: readonly string[];
  /** Where those are that it gets a copy of: "/etc/nova is /var/lib/config-data/...". */
  readonly sources: readonly string[];
  /** Log files beside the journal. */
  readonly logs: readonly string[];
}

/** @param novaCompute files that the nova-compute there has read */
export function deploymentOf(
  host: string,
  deployment: Deployment,
  novaCompute: readonly string[] = [],
): FoundDeployment {
  const { flavour, evidence, services, virsh } = deployment;
  const { place, cell } = flavour.database;
  return {
    host,
    flavour: flavour.name,
    title: flavour.title,
    evidence,
    services: services.map((name) =>
      foundService(deployment.service(name), name === 'nova-compute' ? novaCompute : []),
    ),
    virsh: virsh.join(' '),
    database: `${place}; the first cell is ${cell}`,
  };
}

function foundService({ name, reference, config }: Service, files: readonly string[]): FoundService {
  return {
    name,
    runs: runsAs(reference),
    files,
    sources: Object.entries(config.sources ?? {}).map(([inside, outside]) => `${inside} is ${outside}`),
    logs: reference.logFiles ?? [],
  };
}

function runsAs(reference: Service['reference']): string {
  const unit = reference.unit === undefined ? '' : `unit ${reference.unit}`;
  if (reference.kind === 'systemd') return unit;
  const [runtime, container] =
    reference.kind === 'container'
      ? [reference.runtime, reference.container]
      : [reference.containerRuntime ?? 'podman', reference.containerName];
  if (container === undefined) return unit === '' ? 'commands of nodes.yaml' : unit;
  return `${runtime} container ${container}${unit === '' ? '' : ` of ${unit}`}`;
}
