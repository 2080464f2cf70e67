import type { Option, OptionGroup } from './option.js';
import { computeFeatures } from './options/compute-features.js';
import { database } from './options/database.js';
import { hardware } from './options/hardware.js';
import { libvirtObsolete, novaCompute, novaComputeObsolete } from './options/nova-compute.js';
import {
  auth,
  compute,
  identity,
  image,
  network,
  placement,
  serviceAvailable,
  validation,
  volume,
} from './options/tempest.js';
import { whitebox } from './options/whitebox.js';

function owned<O>(title: string, options: O, obsolete: OptionGroup['obsolete'] = {}) {
  return { title, owned: true, options, obsolete };
}

function shared<O>(title: string, options: O) {
  return { title, owned: false, options, obsolete: {} };
}

/** Every section of tempest.conf that Whitebox reads, and every option in it. */
export const groups = {
  whitebox: owned('General', whitebox),
  'whitebox-nova-compute': owned('The nova-compute service', novaCompute, novaComputeObsolete),
  'whitebox-libvirt': owned('Gone: libvirt', {}, libvirtObsolete),
  'whitebox-nova-libvirt': owned('Gone: libvirt', {}, libvirtObsolete),
  'whitebox-database': owned('The database of Nova', database),
  'whitebox-hardware': owned('The hardware of the compute hosts', hardware),
  'compute-feature-enabled': shared('Features of the cloud', computeFeatures),
  auth: shared('Credentials', auth),
  identity: shared('Keystone', identity),
  compute: shared('Nova', compute),
  image: shared('Glance', image),
  network: shared('Neutron', network),
  volume: shared('Cinder', volume),
  placement: shared('Placement', placement),
  validation: shared('Logging in to servers', validation),
  service_available: shared('Services of the cloud', serviceAvailable),
} as const;

export type GroupName = keyof typeof groups;

export type OptionKey<G extends GroupName> = keyof (typeof groups)[G]['options'] & string;

/** What the configuration gives for an option. */
export type OptionValue<G extends GroupName, K extends OptionKey<G>> =
  (typeof groups)[G]['options'][K] extends Option<infer T> ? T : never;

/** The same table without the types of its values, for those who walk through it. */
export const groupEntries: readonly (readonly [GroupName, OptionGroup])[] = Object.entries(groups) as [
  GroupName,
  OptionGroup,
][];

/** Where an option is looked for in the cloud when nobody says it; undefined: nowhere. */
export function discoverySource(group: GroupName, key: string): string | undefined {
  return groupEntries.find(([name]) => name === group)?.[1].options[key]?.discoveredFrom;
}
