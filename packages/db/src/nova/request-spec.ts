import { readFlavor, type EmbeddedFlavor } from './flavor.js';
import { readInstanceNumaTopology, type InstanceNumaTopology } from './instance-numa-topology.js';
import type { Json } from './json.js';
import { readPciRequests, type PciRequest } from './pci.js';
import { openObject } from './versioned-object.js';

/** What the scheduler was asked for: `request_specs.spec` of the API database. Source: nova/objects/request_spec.py. */
export interface RequestSpec {
  /** Without pins: the request, not what was given. */
  readonly numaTopology: InstanceNumaTopology | null;
  readonly pciRequests: readonly PciRequest[];
  readonly flavor: EmbeddedFlavor;
  readonly availabilityZone: string | null;
  readonly numInstances: number;
  /** As stored: "1.14". */
  readonly version: string;
  /** The JSON as it was stored. */
  readonly raw: unknown;
}

export function readRequestSpec(json: Json): RequestSpec {
  const { version, data } = openObject(json, 'RequestSpec');
  return {
    numaTopology: data.field('numa_topology').orNull(readInstanceNumaTopology),
    pciRequests: data.field('pci_requests').orNull(readPciRequests) ?? [],
    flavor: readFlavor(data.field('flavor')),
    availabilityZone: data.field('availability_zone').orNull((zone) => zone.text()),
    numInstances: data.field('num_instances').natural(),
    version,
    raw: json.value,
  };
}
