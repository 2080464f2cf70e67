import { describe, expect, it } from 'vitest';
import { PciInventory, type InventoryRow, type PciInventoryEvidence } from './pci-inventory.js';

const row = (address: string, type: string, change: Partial<InventoryRow> = {}): InventoryRow => ({
  address,
  type,
  status: 'available',
  instanceUuid: null,
  parentAddress: null,
  extraInfo: {},
  ...change,
});
const card = row('0000:81:00.0', 'type-PF');
const part = (number: number, change: Partial<InventoryRow> = {}): InventoryRow =>
  row(`0000:81:00.${number}`, 'type-VF', { parentAddress: card.address, ...change });
const inventory = (change: Partial<PciInventoryEvidence>): PciInventory =>
  new PciInventory({ hostName: 'compute1', rows: [], pools: [], providers: [], ...change });
const taken = { status: 'allocated', instanceUuid: 'vm1' };
const provider = { id: 'p', name: 'compute1_0000:82:00.0', total: 1 };

describe('the PCI devices of a compute', () => {
  it('agree: a card whose functions are in use is not to be had as a whole', () => {
    const rows = [{ ...card, status: 'unavailable' }, part(1, taken), part(2)];
    const good = inventory({ rows, pools: [{ type: 'type-VF', count: 1 }] });
    expect(good.disagreements()).toEqual([]);
    expect(good.heldBy('vm1')).toEqual(['0000:81:00.1']);
    expect(good.free).toBe(1);
  });

  it('are none where no layer has any', () => {
    expect(inventory({}).vacuous).toBe('no layer has any');
  });

  it.each<[string, string, Partial<PciInventoryEvidence>]>([
    [
      'F43 a type that changed',
      'free type-PF: pci_devices 0, pci_stats 1',
      { rows: [part(1)], pools: [{ type: 'type-PF', count: 1 }] },
    ],
    [
      'F44 a card that is available, and functions of it in use',
      'card 0000:81:00.0 is available, and 1 of its functions are given away',
      { rows: [card, part(1, taken)] },
    ],
    [
      'F44 a card that is unavailable for no reason',
      'card 0000:81:00.0 is unavailable, and all of its functions are available',
      { rows: [{ ...card, status: 'unavailable' }, part(1)] },
    ],
    [
      'F44 a card in use, and functions of it to be had',
      'card 0000:81:00.0 is allocated, and 1 of its functions are available',
      { rows: [{ ...card, ...taken }, part(1)] },
    ],
    [
      'F46 a provider without a device',
      'compute1_0000:82:00.0: Placement 1 devices, pci_devices 0',
      { providers: [provider] },
    ],
    [
      'F46, F51 a device that is gone from the database',
      'compute1_0000:82:00.0: Placement 1 devices, pci_devices 0',
      {
        providers: [provider],
        rows: [row('0000:82:00.0', 'type-PCI', { status: 'removed', extraInfo: { rp_uuid: 'p' } })],
      },
    ],
    [
      'F46 a removed device of somebody',
      '0000:81:00.1 is removed, and of vm1',
      { rows: [part(1, { status: 'removed', instanceUuid: 'vm1' })] },
    ],
    [
      'F51 a free device whose row was archived',
      'free type-VF: pci_devices 0, pci_stats 1',
      { rows: [], pools: [{ type: 'type-VF', count: 1 }] },
    ],
    [
      'a free one of somebody',
      '0000:81:00.1 is available, and of vm1',
      { rows: [part(1, { instanceUuid: 'vm1' })] },
    ],
    [
      'an allocated one of nobody',
      '0000:81:00.1 is allocated to nobody',
      { rows: [part(1, { status: 'allocated' })] },
    ],
  ])('%s', (_, said, change) => {
    expect(inventory(change).disagreements()).toContain(said);
  });
});
