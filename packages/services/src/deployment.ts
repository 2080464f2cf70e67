import type { Limits } from '@whitebox/core';
import { inContainer, type Host } from '@whitebox/host';
import { CommandService, unitOfCommands } from './command-service.js';
import { ContainerService } from './container-service.js';
import { ServiceError } from './errors.js';
import { flavours, type Flavour, type FlavourName, type ServiceRecipe } from './flavours.js';
import { probeHost, type HostProbe } from './host-probe.js';
import type { CommandReference } from './reference.js';
import type { Service } from './service.js';
import { SystemdService } from './systemd-service.js';

/** What somebody said about a host in a configuration; it wins over what is found there. */
export interface DeploymentOverrides {
  readonly flavour?: FlavourName | undefined;
  /** By the name of the service ("nova-compute"): the words of nodes.yaml. What is not said is as found. */
  readonly services?: Readonly<Record<string, Omit<CommandReference, 'kind' | 'name'>>> | undefined;
  /** Command line of virsh on the host. Default: as found, in the container of `services.libvirt` where that says one. */
  readonly virsh?: readonly string[] | undefined;
}

/** How one host is deployed: its services, its virsh. */
export class Deployment {
  readonly host: Host;
  readonly flavour: Flavour;
  /** What on the host told the flavour: "unit devstack@n-cpu.service". Empty when it was said. */
  readonly evidence: readonly string[];
  /** For root of the host, as in ["podman", "exec", "-u", "root", "nova_virtqemud", "virsh"]. */
  readonly virsh: readonly string[];
  /** Where libvirt runs: the host, or its container there. What libvirt reads, as qemu.conf, is its own in a container. */
  readonly libvirtHost: Host;
  readonly #probe: HostProbe;
  readonly #overrides: DeploymentOverrides;

  constructor(
    host: Host,
    flavour: Flavour,
    evidence: readonly string[],
    probe: HostProbe,
    overrides: DeploymentOverrides,
  ) {
    this.host = host;
    this.flavour = flavour;
    this.evidence = evidence;
    this.#probe = probe;
    this.#overrides = overrides;
    const said = overrides.services?.['libvirt'];
    const container =
      said?.containerName ??
      flavour.virshContainers?.find((name) => probe.containers.has(name)) ??
      this.#missingLibvirtContainer();
    if (container === undefined) {
      this.virsh = overrides.virsh ?? ['virsh'];
      this.libvirtHost = host;
      return;
    }
    const runtime = said?.containerRuntime ?? this.#runtimeOf(container);
    this.virsh = overrides.virsh ?? [runtime, 'exec', '-u', 'root', container, 'virsh'];
    this.libvirtHost = inContainer(host, { runtime, name: container, user: 'root' });
  }

  /** The container that should be there by the unit of libvirt, so that an error names it. */
  #missingLibvirtContainer(): string | undefined {
    const recipe = this.flavour.services['libvirt']?.find((one) => this.#isThere(one));
    return recipe?.containers === undefined ? undefined : this.#names(recipe).container;
  }

  /** Names of the services that are installed on this host. */
  get services(): readonly string[] {
    const found = Object.entries(this.flavour.services).filter(([, recipes]) =>
      recipes.some((recipe) => this.#isThere(recipe)),
    );
    return [...new Set([...found.map(([name]) => name), ...Object.keys(this.#overrides.services ?? {})])];
  }

  /**
   * @param name as in `services`; "nova_compute" and "nova-compute" are the same
   * @throws ServiceError `WB_SERVICES_UNKNOWN_SERVICE` when neither the flavour nor the configuration knows it
   */
  service(name: string): Service {
    const plain = name.replaceAll('_', '-');
    const recipes = this.flavour.services[plain] ?? [];
    const recipe = recipes.find((one) => this.#isThere(one)) ?? recipes[0];
    const said = this.#overrides.services?.[name] ?? this.#overrides.services?.[plain];
    if (said !== undefined) return this.#commandService(plain, said, recipe);
    if (recipe !== undefined) return this.#open(plain, recipe);
    throw new ServiceError({
      code: 'WB_SERVICES_UNKNOWN_SERVICE',
      action: `find the service ${name}`,
      host: this.host.name,
      observed: `${this.flavour.title} has no such service that Whitebox knows; it knows ${[...new Set([...Object.keys(this.flavour.services), ...Object.keys(this.#overrides.services ?? {})])].join(', ')}`,
      advice: 'Correct the name, or say its unit in the configuration (services: {NAME: {unit: ...}}).',
    });
  }

  #isThere({ units = [], containers = [], where }: ServiceRecipe): boolean {
    if (where !== undefined && !this.#probe.paths.has(where)) return false;
    return (
      units.some((unit) => this.#probe.units.has(unit)) ||
      containers.some((container) => this.#probe.containers.has(container))
    );
  }

  #open(name: string, recipe: ServiceRecipe): Service {
    const { config, logFiles } = recipe;
    const { unit, container, runtime } = this.#names(recipe);
    if (container !== undefined) {
      return new ContainerService(this.host, { name, runtime, container, unit, config, logFiles });
    }
    return new SystemdService(this.host, { unit: unit ?? name, name, config, logFiles });
  }

  #commandService(
    name: string,
    said: Omit<CommandReference, 'kind' | 'name'>,
    recipe: ServiceRecipe = {},
  ): Service {
    const found = this.#names(recipe);
    // A unit that is said is the service; the container of the flavour does not belong to it.
    const container = said.containerName ?? (said.unit === undefined ? found.container : undefined);
    return new CommandService(this.host, {
      config: recipe.config,
      logFiles: recipe.logFiles,
      ...said,
      name,
      containerName: container,
      containerRuntime:
        said.containerRuntime ?? (container === undefined ? undefined : this.#runtimeOf(container)),
      // What is told to start and stop is what is looked at.
      unit: said.unit ?? unitOfCommands(said) ?? found.unit,
    });
  }

  #names({ units = [], containers = [] }: ServiceRecipe): {
    readonly unit: string | undefined;
    readonly container: string | undefined;
    readonly runtime: 'podman' | 'docker';
  } {
    const installed = units.filter((unit) => this.#probe.units.has(unit));
    const unit = installed.find((one) => this.#probe.active.has(one)) ?? installed[0];
    const found = containers.find((name) => this.#probe.containers.has(name));
    // One that is not there, as when podman has removed it, is named all the same: that of the unit, else the first.
    const container = found ?? containers.find((name) => unit?.includes(name)) ?? containers[0];
    const first = unit ?? (containers.length === 0 ? units[0] : undefined);
    return {
      unit: first,
      container,
      runtime: container === undefined ? 'podman' : this.#runtimeOf(container),
    };
  }

  #runtimeOf(container: string): 'podman' | 'docker' {
    const [first = 'podman'] = this.#probe.containers.values();
    return this.#probe.containers.get(container) ?? first;
  }
}

/** A host of which nothing is known but what the configuration says. */
const described: Flavour = {
  name: 'described',
  title: 'What the configuration describes',
  database: { place: 'not known', cell: 'nova_cell1' },
  tried: false,
  signs: {},
  services: {},
};

/**
 * Finds out how a host is deployed, with one command on it. The Host must be root there. Where nothing is found, a
 * description of its services in the overrides will do.
 *
 * @throws ServiceError `WB_SERVICES_UNKNOWN_DEPLOYMENT` with what was seen
 */
export async function detectDeployment(
  host: Host,
  overrides: DeploymentOverrides = {},
  limits: Limits = {},
): Promise<Deployment> {
  const probe = await probeHost(host, limits);
  const said = flavours.find(({ name }) => name === overrides.flavour);
  if (said !== undefined) return new Deployment(host, said, [], probe, overrides);
  for (const flavour of flavours) {
    const evidence = evidenceFor(flavour, probe);
    if (evidence.length > 0) return new Deployment(host, flavour, evidence, probe, overrides);
  }
  if (Object.keys(overrides.services ?? {}).length > 0) {
    return new Deployment(host, described, [], probe, overrides);
  }
  throw new ServiceError({
    code: 'WB_SERVICES_UNKNOWN_DEPLOYMENT',
    action: 'find out how OpenStack is deployed',
    host: host.name,
    observed: `none of ${flavours.map(({ name }) => name).join(', ')} left a trace among ${probe.units.size} units, ${probe.containers.size} containers and the usual directories (${probe.system})`,
    advice:
      'Say the flavour, or the units of the services, in the configuration; or is this host no part of the cloud?',
  });
}

function evidenceFor({ signs }: Flavour, probe: HostProbe): string[] {
  const units = [...probe.units].filter((unit) => signs.units?.some((sign) => sign.test(unit)));
  const paths = (signs.paths ?? []).filter((path) => probe.paths.has(path));
  const link = signs.link?.test(probe.link) === true ? [`/etc/nova leads to ${probe.link}`] : [];
  return [...units.map((unit) => `unit ${unit}`), ...paths.map((path) => `directory ${path}`), ...link];
}
