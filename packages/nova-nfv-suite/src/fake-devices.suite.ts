/** A device of a made-up compute. */
export interface FakeDevice {
  readonly host: string;
  readonly address: string;
  type: 'type-PCI' | 'type-VF' | 'type-PF' | 'vdpa';
  readonly network: string | null;
  status: 'available' | 'allocated';
  instanceUuid: string | null;
  requestId: string | null;
  readonly mac: string;
}

/** Two devices of a kind on a compute. */
export function device(
  host: string,
  bus: string,
  type: FakeDevice['type'],
  network: string | null,
): FakeDevice[] {
  return [0, 1].map((part) => ({
    host,
    address: `0000:${bus}:00.${part}`,
    type,
    network,
    status: 'available' as const,
    instanceUuid: null,
    requestId: null,
    mac: `3c:fd:fe:00:${bus}:0${part}`,
  }));
}
