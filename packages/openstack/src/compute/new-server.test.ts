import { describe, expect, test } from 'vitest';
import { neededMicroversion, newServerBody } from './new-server.js';

describe('newServerBody', () => {
  test('has what was said and nothing else', () => {
    expect(newServerBody({ name: 's', flavorId: 'f', imageId: 'i' })).toEqual({
      server: { name: 's', flavorRef: 'f', imageRef: 'i', networks: 'none' },
    });
  });

  test('has everything in the words of Nova', () => {
    expect(
      newServerBody({
        name: 's',
        flavorId: 'f',
        networks: [{ networkId: 'n', fixedIp: '10.0.0.5', tag: 't' }, { portId: 'p' }],
        availabilityZone: 'nova',
        host: 'compute1',
        hypervisorHostname: 'compute1.example',
        hints: {
          sameHost: ['a'],
          differentHost: ['b', 'c'],
          group: 'g',
          extra: { build_near_host_ip: '1.2.3.4' },
        },
        configDrive: true,
        metadata: { a: 'b' },
        tags: ['x'],
        keyName: 'k',
        securityGroups: ['default'],
        userData: '#cloud-config ü',
        blockDevices: [
          {
            source: 'image',
            destination: 'volume',
            id: 'i',
            bootIndex: 0,
            sizeGib: 1,
            deleteOnTermination: true,
          },
          {
            source: 'blank',
            destination: 'local',
            sizeGib: 2,
            bus: 'virtio',
            deviceType: 'disk',
            volumeType: 'lvm',
            tag: 'd',
          },
        ],
        extra: { description: 'words' },
      }),
    ).toEqual({
      server: {
        name: 's',
        flavorRef: 'f',
        networks: [{ uuid: 'n', fixed_ip: '10.0.0.5', tag: 't' }, { port: 'p' }],
        availability_zone: 'nova',
        host: 'compute1',
        hypervisor_hostname: 'compute1.example',
        config_drive: true,
        metadata: { a: 'b' },
        tags: ['x'],
        key_name: 'k',
        security_groups: [{ name: 'default' }],
        user_data: Buffer.from('#cloud-config ü').toString('base64'),
        block_device_mapping_v2: [
          {
            source_type: 'image',
            destination_type: 'volume',
            uuid: 'i',
            boot_index: 0,
            volume_size: 1,
            delete_on_termination: true,
          },
          {
            source_type: 'blank',
            destination_type: 'local',
            boot_index: -1,
            volume_size: 2,
            disk_bus: 'virtio',
            device_type: 'disk',
            volume_type: 'lvm',
            tag: 'd',
          },
        ],
        description: 'words',
      },
      'os:scheduler_hints': {
        same_host: ['a'],
        different_host: ['b', 'c'],
        group: 'g',
        build_near_host_ip: '1.2.3.4',
      },
    });
  });

  test.each([
    [{}, '2.37'],
    [{ networks: 'auto' as const }, '2.37'],
    [{ networks: [{ networkId: 'n' }] }, undefined],
    [{ networks: [{ networkId: 'n' }], tags: ['t'] }, '2.52'],
    [{ host: 'h', tags: ['t'] }, '2.74'],
    [{ blockDevices: [{ source: 'blank', destination: 'volume', volumeType: 'v' }] as const }, '2.67'],
  ])('%j needs %s', (part, needed) => {
    expect(neededMicroversion({ name: 's', flavorId: 'f', ...part })).toBe(needed);
  });
});
