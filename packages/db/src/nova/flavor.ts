import type { Json } from './json.js';
import { readTexts } from './pci.js';
import { openObject } from './versioned-object.js';

/** A flavor as it was when the server was made or resized. Source: nova/objects/flavor.py. */
export interface EmbeddedFlavor {
  /** The number in the database, not the id of the API. */
  readonly id: number;
  /** The id of the API. */
  readonly flavorId: string;
  readonly name: string | null;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly rootGiB: number;
  readonly ephemeralGiB: number;
  readonly swapMiB: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** `instance_extra.flavor`; `old` and `new` only while a resize is under way. */
export interface InstanceFlavors {
  readonly current: EmbeddedFlavor;
  readonly old: EmbeddedFlavor | null;
  readonly new: EmbeddedFlavor | null;
}

export function readInstanceFlavors(json: Json): InstanceFlavors {
  return {
    current: readFlavor(json.field('cur')),
    old: json.field('old').orNull(readFlavor),
    new: json.field('new').orNull(readFlavor),
  };
}

export function readFlavor(json: Json): EmbeddedFlavor {
  const { data } = openObject(json, 'Flavor');
  return {
    id: data.field('id').integer(),
    flavorId: data.field('flavorid').text(),
    name: data.field('name').orNull((name) => name.text()),
    vcpus: data.field('vcpus').natural(),
    memoryMiB: data.field('memory_mb').natural(),
    rootGiB: data.field('root_gb').natural(),
    ephemeralGiB: data.field('ephemeral_gb').natural(),
    swapMiB: data.field('swap').natural(),
    extraSpecs: data.field('extra_specs').orNull(readTexts) ?? {},
  };
}
