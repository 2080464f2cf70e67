/** What a case asks of a flavor; memory and disk come from the configuration unless given. */
export interface FlavorSpec {
  readonly vcpus: number;
  readonly ramMib?: number | undefined;
  readonly diskGib?: number | undefined;
  readonly extraSpecs?: Readonly<Record<string, string>> | undefined;
  /** false: also with extra specs that Nova refuses since compute API 2.86, which had them fail later. Default true. */
  readonly checked?: boolean | undefined;
}

/** A flavor whose vCPUs each get a CPU of the host for themselves. */
export function dedicated(vcpus: number, extraSpecs: Readonly<Record<string, string>> = {}): FlavorSpec {
  return { vcpus, extraSpecs: { 'hw:cpu_policy': 'dedicated', ...extraSpecs } };
}

/** A flavor whose vCPUs float over the shared CPUs of the host. */
export function shared(vcpus: number, extraSpecs: Readonly<Record<string, string>> = {}): FlavorSpec {
  return { vcpus, extraSpecs: { 'hw:cpu_policy': 'shared', ...extraSpecs } };
}

/** For people: "2 vCPUs, hw:cpu_policy=dedicated". */
export function describeFlavor({ vcpus, extraSpecs = {} }: FlavorSpec): string {
  const specs = Object.entries(extraSpecs).map(([key, value]) => `${key}=${value}`);
  return [`${vcpus} vCPU${vcpus === 1 ? '' : 's'}`, ...specs].join(', ');
}
