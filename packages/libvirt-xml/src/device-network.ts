import { readAddress, readAlias, type DeviceAddress, type DeviceCommon } from './device-address.js';
import type { ElementReader } from './element-reader.js';

export interface NetworkInterface extends DeviceCommon {
  /** bridge, ethernet, hostdev (SR-IOV VF), direct (macvtap), vhostuser, vdpa, network, ... */
  readonly type: string;
  /** Lower case. */
  readonly mac: string | undefined;
  /** Attributes of `<source>`: bridge, dev, mode, network, path, type. */
  readonly source: Readonly<Record<string, string>>;
  /** PCI address of the host's device, for type hostdev. */
  readonly hostPci: string | undefined;
  /** Name of the device on the host: `tap820b9ec1-33`. */
  readonly targetDev: string | undefined;
  readonly model: string | undefined;
  /** Attributes of `<driver>`: name, queues, rx_queue_size, tx_queue_size, ... */
  readonly driver: Readonly<Record<string, string>>;
  readonly managed: boolean | undefined;
  readonly virtualPort: VirtualPort | undefined;
  /** VLAN tags that the host sets; empty: none. */
  readonly vlanTags: readonly number[];
  readonly vlanTrunk: boolean;
  readonly mtu: number | undefined;
  readonly linkState: string | undefined;
  readonly trustGuestRxFilters: boolean | undefined;
  /** The interface that it is the persistent half of (failover). */
  readonly teaming: Readonly<Record<string, string>> | undefined;
  readonly filter: string | undefined;
  readonly bootOrder: number | undefined;
}

export interface VirtualPort {
  /** openvswitch, 802.1Qbh, ... */
  readonly type: string | undefined;
  /** Attributes of `<parameters>`: interfaceid, profileid, ... */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A device of the host that the guest has for itself. */
export interface Hostdev extends DeviceCommon {
  /** subsystem or capabilities. */
  readonly mode: string;
  /** pci, mdev, usb, scsi, scsi_host, ... */
  readonly type: string;
  readonly managed: boolean | undefined;
  /** vfio-pci, vfio-ccw, vfio-ap, for mediated devices. */
  readonly model: string | undefined;
  /** Name of the driver on the host: vfio, or a variant driver's module. */
  readonly driver: string | undefined;
  readonly source: DeviceAddress | undefined;
  /** `0000:81:00.1` for type pci. */
  readonly hostPci: string | undefined;
  /** UUID of the mediated device for type mdev. */
  readonly mdevUuid: string | undefined;
  readonly display: boolean | undefined;
  readonly ramfb: boolean | undefined;
}

export function readInterface(network: ElementReader): NetworkInterface {
  const source = network.child('source');
  const virtualPort = network.child('virtualport');
  const type = network.need('type');
  return {
    alias: readAlias(network),
    address: readAddress(network),
    type,
    mac: network.child('mac')?.attribute('address')?.toLowerCase(),
    source: source?.attributes() ?? {},
    hostPci: type === 'hostdev' ? readAddress(source)?.pci : undefined,
    targetDev: network.child('target')?.attribute('dev'),
    model: network.child('model')?.attribute('type'),
    driver: network.child('driver')?.attributes() ?? {},
    managed: network.flag('managed'),
    virtualPort: virtualPort && {
      type: virtualPort.attribute('type'),
      parameters: virtualPort.child('parameters')?.attributes() ?? {},
    },
    vlanTags: (network.child('vlan')?.all('tag') ?? []).map((tag) => tag.needInteger('id')),
    vlanTrunk: network.child('vlan')?.flag('trunk') ?? false,
    mtu: network.child('mtu')?.integer('size'),
    linkState: network.child('link')?.attribute('state'),
    trustGuestRxFilters: network.flag('trustGuestRxFilters'),
    teaming: network.child('teaming')?.attributes(),
    filter: network.child('filterref')?.attribute('filter'),
    bootOrder: network.child('boot')?.integer('order'),
  };
}

export function readHostdev(hostdev: ElementReader): Hostdev {
  const type = hostdev.need('type');
  const source = readAddress(hostdev.child('source'), type);
  return {
    alias: readAlias(hostdev),
    address: readAddress(hostdev),
    mode: hostdev.attribute('mode') ?? 'subsystem',
    type,
    managed: hostdev.flag('managed'),
    model: hostdev.attribute('model'),
    driver: hostdev.child('driver')?.attribute('name') ?? hostdev.child('driver')?.attribute('model'),
    source,
    hostPci: source?.pci,
    mdevUuid: type === 'mdev' ? source?.attributes['uuid'] : undefined,
    display: hostdev.flag('display'),
    ramfb: hostdev.flag('ramfb'),
  };
}
