import { describe, expect, it } from 'vitest';
import { interfaceProblems, type InterfaceXml } from './interface-queues.js';

const other = '{"driver":"virtio-blk-pci","drive":"libvirt-1-format","id":"virtio-disk0"}';

function card(driver: Partial<InterfaceXml['driver']>, model = 'virtio'): InterfaceXml {
  return { model, driver: { name: 'vhost', queues: undefined, rx_queue_size: undefined, ...driver } };
}

describe('queues of an interface', () => {
  const json = '{"driver":"virtio-net-pci","mq":true,"vectors":6,"netdev":"hostnet0","id":"net0"}';
  const wanted = { queues: '2' };

  it.each([
    ['as JSON', json],
    ['as before QEMU 6.2', 'virtio-net-pci,mq=on,vectors=6,netdev=hostnet0,id=net0'],
  ])('are as many as wanted, %s', (_, device) => {
    expect(interfaceProblems([card({ queues: '2' })], [other, device], wanted)).toEqual([]);
  });

  it('are told where they are others, in each layer', () => {
    expect(interfaceProblems([card({ queues: '4' })], [json], wanted)).toEqual([
      'queues: domain XML 4, expected 2',
    ]);
    expect(interfaceProblems([card({})], ['virtio-net-pci,netdev=hostnet0'], wanted)).toEqual([
      'queues: domain XML none, expected 2',
      'queues: QEMU none, expected 2',
    ]);
    const more = json.replace('6', '10');
    expect(interfaceProblems([card({ queues: '2' })], [more], wanted)).toEqual([
      'queues: QEMU 4, expected 2',
    ]);
  });
});

describe('the size of the receive queue of an interface', () => {
  const wanted = { rx_queue_size: '512' };
  const qemu = (size: number) => `{"driver":"virtio-net-pci","rx_queue_size":${size},"id":"net0"}`;

  it('is told where it is another', () => {
    expect(interfaceProblems([card({ rx_queue_size: '512' })], [qemu(512)], wanted)).toEqual([]);
    expect(interfaceProblems([card({ rx_queue_size: '256' })], [qemu(1024)], wanted)).toEqual([
      'rx_queue_size: domain XML 256, expected 512',
      'rx_queue_size: QEMU 1024, expected 512',
    ]);
  });

  it('is not looked for where there is no interface, or none of virtio, or more than one', () => {
    const good = card({ rx_queue_size: '512' });
    expect(interfaceProblems([], [qemu(512)], wanted)).toEqual(['0 interfaces in the domain XML']);
    expect(interfaceProblems([good, good], [qemu(512)], wanted)).toEqual(['2 interfaces in the domain XML']);
    expect(interfaceProblems([good], [other], wanted)).toEqual(['0 virtio cards in QEMU']);
    expect(interfaceProblems([card({ rx_queue_size: '512' }, 'e1000')], [qemu(512)], wanted)).toEqual([
      'model e1000',
    ]);
  });
});
