import type { CpuSet } from '@whitebox/core';

/** A value and where it stands, for people: "/etc/nova/nova.conf:12". */
export interface PlacedCpus {
  readonly cpus: CpuSet;
  readonly place: string;
}

/**
 * `cpu_dedicated_set` or `cpu_shared_set` of a compute: what the configuration says wins over what nova-compute has in
 * force, until the value in force changes, as it does when a case changes the option.
 */
export class CpuSetOption {
  readonly name: string;
  readonly #said: PlacedCpus | undefined;
  #first: PlacedCpus | undefined;
  #inForce: PlacedCpus | undefined;

  constructor(name: string, said: PlacedCpus | undefined) {
    this.name = name;
    this.#said = said;
  }

  /** What was just read of the running nova-compute. */
  read(inForce: PlacedCpus): void {
    this.#first ??= inForce;
    this.#inForce = inForce;
  }

  get cpus(): CpuSet {
    const [first, now] = [this.#first, this.#inForce];
    if (first === undefined || now === undefined) throw new Error(`${this.name} has not been read yet.`);
    return this.#said !== undefined && now.cpus.equals(first.cpus) ? this.#said.cpus : now.cpus;
  }

  /** Where the two differ, in words. */
  get difference(): string | undefined {
    const [said, found] = [this.#said, this.#first];
    if (said === undefined || found === undefined || said.cpus.equals(found.cpus)) return undefined;
    const nothing = found.cpus.isEmpty ? 'none' : found.cpus.toString();
    return `${said.place} says ${this.name} ${said.cpus.toString()}, but nova-compute has ${nothing} in force (${found.place}); what is said is taken. Correct it, or leave it out.`;
  }
}
