import type { ElementReader } from './element-reader.js';

/** `<address>`: where a device sits in the guest, or which device of the host it is. */
export interface DeviceAddress {
  /** pci, drive, usb, mdev, ccw, spapr-vio, dimm, ... */
  readonly type: string;
  /** `0000:81:00.1` for a PCI device: domain, bus, slot and function as Nova's pci_devices.address has them. */
  readonly pci: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The `<address>` below a device; hostdev sources leave out the type, which is then that of the hostdev. */
export function readAddress(
  parent: ElementReader | undefined,
  defaultType = 'pci',
): DeviceAddress | undefined {
  const address = parent?.child('address');
  if (address === undefined) return undefined;
  const type = address.attribute('type') ?? defaultType;
  return { type, pci: type === 'pci' ? pciAddress(address) : undefined, attributes: address.attributes() };
}

function pciAddress(address: ElementReader): string | undefined {
  const bus = address.integer('bus');
  const slot = address.integer('slot');
  // An unassigned address (`<address type='pci'/>`) is legal in a definition.
  if (bus === undefined || slot === undefined) return undefined;
  const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
  const domain = hex(address.integer('domain') ?? 0, 4);
  return `${domain}:${hex(bus, 2)}:${hex(slot, 2)}.${(address.integer('function') ?? 0).toString(16)}`;
}

/** What every device can have. */
export interface DeviceCommon {
  /** Name that libvirt gives a device of a running domain: `net0`. */
  readonly alias: string | undefined;
  /** Where the guest sees it. */
  readonly address: DeviceAddress | undefined;
}

// Each reader of a device names these two itself: to spread them into its literal takes longer than all the rest.
export function readAlias(device: ElementReader): string | undefined {
  return device.child('alias')?.attribute('name');
}
