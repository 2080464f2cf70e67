import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import { everyXml, hostdev, of, withDevice } from './testing/change-snapshot.js';
import { goodSnapshot, numaId, rootId, type FullSnapshot } from './testing/good-snapshot.js';

/** As nova/compute/pci_placement_translator.py makes it of one virtual function, and nova/virt/libvirt/driver.py of a GPU. */
function give(s: FullSnapshot, name: string, resource: string, traits: string[] = []): void {
  of.host(s).providers.push({
    id: 'child',
    name,
    parentId: rootId,
    inventories: { [resource]: { total: 1, reserved: 0, allocationRatio: 1 } },
    traits,
    allocations: { [numaId]: { [resource]: 1 } },
  });
  of.pinned(s).allocations.push({ providerId: 'child', resources: { [resource]: 1 } });
}

const texts = (s: FullSnapshot): string[] => judge(s).violations.map(({ text }) => text);

describe('devices in Placement', () => {
  it('hold where the database gives them to the same server', () => {
    const s = goodSnapshot();
    const row = withDevice(s);
    row.extraInfo = { rp_uuid: 'child' };
    give(s, 'compute1_0000:81:00.0', 'CUSTOM_PCI_8086_10ED', ['COMPUTE_MANAGED_PCI_DEVICE']);
    const { violations, looked } = judge(s);
    expect(violations.map(({ text }) => text)).toEqual([]);
    expect(looked).toEqual(expect.arrayContaining(['I31', 'I33']));
    row.extraInfo = {};
    expect(texts(s)).toEqual([
      expect.stringMatching(/^I33 .*inventory of compute1_0000:81:00.0: expected 0 .*found 1 \(Placement\)/),
      expect.stringMatching(/^I33 .*compute1_0000:81:00.0 of 1111.*: expected 0 .*found 1 \(Placement\)/),
    ]);
  });

  it('hold where a virtual GPU is a mediated device of the guest', () => {
    const s = goodSnapshot();
    give(s, 'compute1_pci_0000_84_00_0', 'VGPU');
    everyXml(s, of.pinned(s), (xml) => {
      xml.devices.hostdevs = [hostdev({ type: 'mdev', mdevUuid: '77777777-7777-4777-8777-777777777777' })];
    });
    expect(texts(s)).toEqual([]);
    everyXml(s, of.pinned(s), (xml) => (xml.devices.hostdevs = []));
    expect(texts(s)).toEqual([
      expect.stringMatching(/^I34 .*expected 1 \(Placement\), found 0 \(domain XML\)/),
    ]);
  });
});
