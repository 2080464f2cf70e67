import type { ElementReader } from './element-reader.js';

/** What Nova notes about a server in `<metadata>` (LibvirtConfigGuestMetaNovaInstance, nova/virt/libvirt/config.py). */
export interface NovaMetadata {
  /** Display name of the server when the XML was made. */
  readonly name: string | undefined;
  /** Version of Nova that made the XML. */
  readonly packageVersion: string | undefined;
  /** UTC, `YYYY-MM-DD hh:mm:ss`, as Nova writes it. */
  readonly creationTime: string | undefined;
  readonly flavor: NovaFlavor | undefined;
  /** Written by newer versions only. */
  readonly image: NovaImage | undefined;
  readonly owner: { readonly user: NovaOwner | undefined; readonly project: NovaOwner | undefined };
  readonly root: { readonly type: string; readonly uuid: string | undefined } | undefined;
  readonly ports: readonly NovaPort[];
}

export interface NovaFlavor {
  readonly name: string;
  /** Written by newer versions only. */
  readonly id: string | undefined;
  readonly memoryMib: number | undefined;
  readonly diskGib: number | undefined;
  readonly swapMib: number | undefined;
  readonly ephemeralGib: number | undefined;
  readonly vcpus: number | undefined;
  /** Undefined when this version of Nova does not write them; an empty map when the flavor has none. */
  readonly extraSpecs: ReadonlyMap<string, string> | undefined;
}

/** The image that the server was booted from (LibvirtConfigGuestMetaImage). */
export interface NovaImage {
  /** undefined for a server that was booted from a volume. */
  readonly uuid: string | undefined;
  readonly containerFormat: string | undefined;
  readonly diskFormat: string | undefined;
  readonly minDiskGib: number | undefined;
  readonly minRamMib: number | undefined;
  /** hw_cpu_policy, hw_machine_type, ... */
  readonly properties: ReadonlyMap<string, string>;
}

export interface NovaOwner {
  readonly uuid: string;
  readonly name: string;
}

export interface NovaPort {
  readonly uuid: string;
  readonly ips: readonly { readonly type: string; readonly address: string; readonly version: number }[];
}

const namespaces = [
  'http://openstack.org/xmlns/libvirt/nova/1.1',
  'http://openstack.org/xmlns/libvirt/nova/1.0',
];

export function readNovaMetadata(domain: ElementReader): NovaMetadata | undefined {
  for (const namespace of namespaces) {
    const instance = domain.child('metadata')?.child('instance', namespace);
    if (instance !== undefined) return readInstance(instance, namespace);
  }
  return undefined;
}

function readInstance(instance: ElementReader, namespace: string): NovaMetadata {
  const first = (parent: ElementReader | undefined, name: string): ElementReader | undefined =>
    parent?.child(name, namespace);
  const owner = (role: string): NovaOwner | undefined => {
    const element = first(first(instance, 'owner'), role);
    return element && { uuid: element.need('uuid'), name: element.text };
  };
  const flavor = first(instance, 'flavor');
  const image = first(instance, 'image');
  const root = first(instance, 'root');
  return {
    name: first(instance, 'name')?.text,
    packageVersion: first(instance, 'package')?.attribute('version'),
    creationTime: first(instance, 'creationTime')?.text,
    flavor: flavor && readFlavor(flavor, namespace),
    image: image && readImage(image, namespace),
    owner: { user: owner('user'), project: owner('project') },
    root: root && { type: root.need('type'), uuid: root.attribute('uuid') },
    ports: (first(instance, 'ports')?.all('port', namespace) ?? []).map((port) => ({
      uuid: port.need('uuid'),
      ips: port.all('ip', namespace).map((ip) => ({
        type: ip.need('type'),
        address: ip.need('address'),
        version: ip.needInteger('ipVersion'),
      })),
    })),
  };
}

function readFlavor(flavor: ElementReader, namespace: string): NovaFlavor {
  const number = (name: string): number | undefined => flavor.child(name, namespace)?.asInteger();
  const extraSpecs = flavor.child('extraSpecs', namespace)?.all('extraSpec', namespace);
  return {
    name: flavor.need('name'),
    id: flavor.attribute('id'),
    memoryMib: number('memory'),
    diskGib: number('disk'),
    swapMib: number('swap'),
    ephemeralGib: number('ephemeral'),
    vcpus: number('vcpus'),
    extraSpecs: extraSpecs && new Map(extraSpecs.map((spec) => [spec.need('name'), spec.text])),
  };
}

function readImage(image: ElementReader, namespace: string): NovaImage {
  const uuid = image.attribute('uuid');
  const properties = image.child('properties', namespace)?.all('property', namespace) ?? [];
  return {
    uuid: uuid === '' ? undefined : uuid,
    containerFormat: image.child('containerFormat', namespace)?.text,
    diskFormat: image.child('diskFormat', namespace)?.text,
    minDiskGib: image.child('minDisk', namespace)?.asInteger(),
    minRamMib: image.child('minRam', namespace)?.asInteger(),
    properties: new Map(properties.map((property) => [property.need('name'), property.text])),
  };
}
