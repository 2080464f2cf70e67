import { describe, expect, it } from 'vitest';
import { pciFunctionsOf } from './pci-functions.js';

const printed = `function 0000:00:00.0 0x8086 0x29c0 -1 0
function 0000:06:00.0 0x15b3 0x101d 0 8
net 0000:06:00.0 enp6s0f0np0
function 0000:06:00.2 0x15b3 0x101e 0 0
vdpa 0000:06:00.2 vhost-vdpa-0
function 0000:06:00.3 0x15b3 0x101e 0 0
link 0000:06:00.0/driver ../../../../bus/pci/drivers/mlx5_core
link 0000:06:00.3/driver ../../../../bus/pci/drivers/vfio-pci
link 0000:06:00.2/physfn ../0000:06:00.0
link 0000:06:00.3/physfn ../0000:06:00.0
`;

describe('the PCI functions of a machine', () => {
  it('are told with their kind, driver and devices', () => {
    const [bridge, physical, vdpa, virtual] = pciFunctionsOf(printed, 'compute1');
    expect(bridge).toMatchObject({ address: '0000:00:00.0', numaNode: null, totalVfs: 0, driver: undefined });
    expect(physical).toMatchObject({
      vendorId: '15b3',
      productId: '101d',
      numaNode: 0,
      totalVfs: 8,
      driver: 'mlx5_core',
      netDevices: ['enp6s0f0np0'],
      physicalFunction: undefined,
    });
    expect(vdpa).toMatchObject({ physicalFunction: '0000:06:00.0', vdpaDevices: ['/dev/vhost-vdpa-0'] });
    expect(virtual).toMatchObject({ driver: 'vfio-pci', physicalFunction: '0000:06:00.0', netDevices: [] });
  });

  it('are none where there is no PCI bus', () => {
    expect(pciFunctionsOf('', 'compute1')).toEqual([]);
  });

  it('are not guessed', () => {
    expect(() => pciFunctionsOf('function 0000:00:00.0 0x8086  0 0', 'compute1')).toThrow(/compute1/);
  });
});
