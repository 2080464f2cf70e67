import type { Host, Limited } from '@whitebox/host';
import { unreadable } from './errors.js';
import { runScript } from './kernel-files.js';

/** A mediated device of the machine: Documentation/driver-api/vfio-mediated-device.rst of Linux. */
export interface Mdev {
  /** Lower case. */
  readonly uuid: string;
  /** PCI address of the device that it is a part of: "0000:84:00.0". */
  readonly parent: string;
  /** As Nova's `[devices] enabled_mdev_types` has it: "nvidia-35". */
  readonly type: string;
}

/** A type that a device can give, and how many more of it. */
export interface MdevType {
  /** PCI address of the device. */
  readonly parent: string;
  readonly type: string;
  readonly available: number;
}

export interface Mdevs {
  readonly devices: readonly Mdev[];
  readonly types: readonly MdevType[];
}

const script = `
for device in /sys/bus/mdev/devices/*; do
  [ -e "$device" ] || continue
  echo "device $(readlink -f "$device") $(basename "$(readlink "$device/mdev_type")")"
done
for type in /sys/class/mdev_bus/*/mdev_supported_types/*; do
  [ -e "$type" ] || continue
  echo "type $(basename "$(dirname "$(dirname "$type")")") $(basename "$type") $(cat "$type/available_instances")"
done`;

/** All of the machine, in one command; none where the kernel has no such devices. @throws KernelError, HostError */
export async function readMdevs(host: Host, limits: Limited = {}): Promise<Mdevs> {
  const { stdout } = await runScript(host, script, [], limits);
  return mdevsOf(stdout, host.name);
}

/** @param printed lines "device PATH TYPE" and "type PARENT TYPE COUNT" */
export function mdevsOf(printed: string, host: string): Mdevs {
  const devices: Mdev[] = [];
  const types: MdevType[] = [];
  for (const line of printed.split('\n').filter((text) => text !== '')) {
    const device = /^device \S*\/([0-9a-f:.]+)\/([0-9a-f-]{36}) (\S+)$/i.exec(line);
    const type = /^type (\S+) (\S+) (\d+)$/.exec(line);
    if (device !== null) {
      const [, parent = '', uuid = '', name = ''] = device;
      devices.push({ uuid: uuid.toLowerCase(), parent: parent.toLowerCase(), type: name });
    } else if (type !== null) {
      const [, parent = '', name = '', available] = type;
      types.push({ parent: parent.toLowerCase(), type: name, available: Number(available) });
    } else {
      throw unreadable('read the mediated devices', host, `/sys has ${JSON.stringify(line.slice(0, 200))}`);
    }
  }
  return { devices, types };
}
