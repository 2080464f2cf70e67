import type { Host, Limited } from '@whitebox/host';
import { unreadable } from './errors.js';
import { runScript } from './kernel-files.js';

/** A PCI function of the machine: Documentation/ABI/testing/sysfs-bus-pci of Linux. */
export interface PciFunction {
  /** "0000:81:00.1" */
  readonly address: string;
  /** Four hexadecimal digits, as Nova has them: "8086". */
  readonly vendorId: string;
  readonly productId: string;
  /** NUMA node; null where the firmware names none (-1 in /sys). */
  readonly numaNode: number | null;
  /** How many virtual functions it can have; above 0 it is a physical function. */
  readonly totalVfs: number;
  /** Address of the physical function that it is a virtual one of. */
  readonly physicalFunction: string | undefined;
  /** Name of the driver to which it is bound: "vfio-pci". */
  readonly driver: string | undefined;
  /** Its network devices in the namespace of the machine: "enp129s0f1v2". */
  readonly netDevices: readonly string[];
  /** Its vDPA character devices, as a domain XML names them: "/dev/vhost-vdpa-0". */
  readonly vdpaDevices: readonly string[];
}

// Reads with the shell's own means: a machine may have a thousand virtual functions.
export const pciFunctionsScript = `
cd /sys/bus/pci/devices 2>/dev/null || exit 0
for a in *; do
  [ -r "$a/vendor" ] || continue
  numa=-1 total=0
  read -r vendor <"$a/vendor"
  read -r product <"$a/device"
  [ ! -r "$a/numa_node" ] || read -r numa <"$a/numa_node"
  [ ! -r "$a/sriov_totalvfs" ] || read -r total <"$a/sriov_totalvfs"
  echo "function $a $vendor $product $numa $total"
  for n in "$a"/net/*; do [ ! -e "$n" ] || echo "net $a \${n##*/}"; done
  for n in "$a"/*/vhost-vdpa-*; do [ ! -e "$n" ] || echo "vdpa $a \${n##*/}"; done
done
find */driver */physfn -maxdepth 0 -printf 'link %p %l\\n' 2>/dev/null
true`;

/** All of the machine, in one command. @throws KernelError, HostError */
export async function readPciFunctions(host: Host, limits: Limited = {}): Promise<readonly PciFunction[]> {
  const { stdout } = await runScript(host, pciFunctionsScript, [], limits);
  return pciFunctionsOf(stdout, host.name);
}

/** @param printed lines "function ADDRESS VENDOR PRODUCT NODE VFS", "net", "vdpa" and "link ADDRESS/NAME TARGET" */
export function pciFunctionsOf(printed: string, host: string): readonly PciFunction[] {
  const lines = printed.split('\n').filter((line) => line !== '');
  const of = (kind: string, address: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${kind} ${address} `) ? [line.split(' ')[2] ?? ''] : []));
  const link = (address: string, name: string): string | undefined =>
    of('link', `${address}/${name}`)[0]?.split('/').at(-1);
  for (const line of lines) {
    if (/^(function [\da-f:.]+ 0x[\da-f]{4} 0x[\da-f]{4} -?\d+ \d+|(net|vdpa|link) \S+ \S+)$/i.test(line))
      continue;
    throw unreadable('read the PCI functions', host, `/sys has ${JSON.stringify(line.slice(0, 200))}`);
  }
  return lines.flatMap((line) => {
    const [kind, address = '', vendor = '', product = '', node = '', total = ''] = line.split(' ');
    if (kind !== 'function') return [];
    return [
      {
        address: address.toLowerCase(),
        vendorId: vendor.slice(2).toLowerCase(),
        productId: product.slice(2).toLowerCase(),
        numaNode: Number(node) < 0 ? null : Number(node),
        totalVfs: Number(total),
        physicalFunction: link(address, 'physfn')?.toLowerCase(),
        driver: link(address, 'driver'),
        netDevices: of('net', address),
        vdpaDevices: of('vdpa', address).map((name) => `/dev/${name}`),
      },
    ];
  });
}
