import { LabError } from './errors.js';

/** An IPv4 network, `base` and addresses as unsigned 32-bit numbers. */
export interface Subnet {
  readonly base: number;
  readonly prefix: number;
}

/** @throws LabError when the text is no dotted quad */
export function parseAddress(text: string): number {
  const parts = text.split('.');
  const numbers = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length !== 4 || numbers.some((number) => Number.isNaN(number) || number > 255)) {
    throw new LabError('WB_LAB_ADDRESS', `"${text}" is not an IPv4 address.`);
  }
  return numbers.reduce((value, number) => value * 256 + number, 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function subnetSize(subnet: Subnet): number {
  return 2 ** (32 - subnet.prefix);
}

/** `10.0.0.0/24`, or one address, which is a network of one. Bits of the host part are dropped. */
export function parseNetwork(text: string): Subnet {
  const [address = '', prefixText = '32', ...rest] = text.split('/');
  const prefix = /^\d{1,2}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (rest.length > 0 || Number.isNaN(prefix) || prefix > 32) {
    throw new LabError('WB_LAB_ADDRESS', `"${text}" is not an IPv4 network.`);
  }
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(parseAddress(address) / size) * size, prefix };
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefix}`;
}

/** The n-th address of the network; 0 is the network itself. */
export function addressIn(subnet: Subnet, index: number): string {
  if (index < 0 || index >= subnetSize(subnet)) {
    throw new LabError('WB_LAB_ADDRESS', `${formatSubnet(subnet)} has no address number ${index}.`);
  }
  return formatAddress(subnet.base + index);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + subnetSize(b) && b.base < a.base + subnetSize(a);
}

/** A network that a lab can live in: private enough in size, and written without host bits. */
export function parseLabSubnet(text: string, option: string): Subnet {
  const subnet = parseNetwork(text);
  if (!text.includes('/') || formatSubnet(subnet) !== text) {
    throw new LabError('WB_LAB_ADDRESS', `${option} ${text} is not written as a network.`, {
      advice: `Write it as ${formatSubnet({ ...subnet, prefix: Math.min(subnet.prefix, 24) })}.`,
      exitCode: 2,
    });
  }
  if (subnet.prefix < 16 || subnet.prefix > 26) {
    throw new LabError('WB_LAB_ADDRESS', `${option} ${text} has a prefix of ${subnet.prefix}.`, {
      advice: 'The lab takes networks from /16 to /26, for instance 172.30.240.0/24.',
      exitCode: 2,
    });
  }
  return subnet;
}
