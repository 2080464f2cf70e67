/** What domain XML says of a network interface; attributes of `<driver>` as they stand there. */
export interface InterfaceXml {
  readonly model: string | undefined;
  readonly driver: {
    readonly name: string | undefined;
    readonly queues: string | undefined;
    readonly rx_queue_size: string | undefined;
  };
}

type Property = 'queues' | 'rx_queue_size';

/**
 * What is wrong with the only network interface of a guest, in words.
 *
 * @param devices values of `-device` of its QEMU, as JSON or as "driver,key=value"
 * @param wanted what its `<driver>` must say
 */
export function interfaceProblems(
  interfaces: readonly InterfaceXml[],
  devices: readonly string[],
  wanted: Readonly<Partial<Record<Property, string>>>,
): string[] {
  const cards = devices.map(propertiesOf).filter(({ driver }) => /^virtio-net\b/.test(String(driver)));
  const [one, ...others] = interfaces;
  const [card, ...otherCards] = cards;
  if (one === undefined || others.length > 0) return [`${interfaces.length} interfaces in the domain XML`];
  if (card === undefined || otherCards.length > 0) return [`${cards.length} virtio cards in QEMU`];
  const problems = one.model === 'virtio' ? [] : [`model ${one.model ?? 'none'}`];
  for (const [name, value] of Object.entries(wanted) as [Property, string][]) {
    const found = one.driver[name];
    if (found !== value) problems.push(`${name}: domain XML ${found ?? 'none'}, expected ${value}`);
    const ofQemu = name === 'queues' ? queuesOf(card) : text(card[name]);
    if (ofQemu !== value) problems.push(`${name}: QEMU ${ofQemu ?? 'none'}, expected ${value}`);
  }
  return problems;
}

/** QEMU is told how many vectors: two for each queue and two more (libvirt src/qemu/qemu_command.c, qemuBuildNicDevProps). */
function queuesOf({ mq, vectors }: Properties): string | undefined {
  if (mq !== true && mq !== 'on') return undefined;
  return String((Number(vectors) - 2) / 2);
}

type Properties = Readonly<Record<string, unknown>>;

function propertiesOf(device: string): Properties {
  if (device.startsWith('{')) return JSON.parse(device) as Properties;
  const [driver, ...rest] = device.split(',');
  const properties = new Map<string, unknown>([['driver', driver]]);
  for (const property of rest) {
    const [name = '', value] = property.split('=');
    properties.set(name, value);
  }
  return Object.fromEntries(properties);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
