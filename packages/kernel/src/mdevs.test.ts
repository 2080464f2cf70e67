import { describe, expect, it } from 'vitest';
import { mdevsOf } from './mdevs.js';

const uuid = '4b20d080-1b54-4048-85b3-a6a62d165c01';

describe('the mediated devices of a machine', () => {
  it('are told with the device that each is a part of, and what the devices can still give', () => {
    const printed = [
      `device /sys/devices/pci0000:80/0000:80:02.0/0000:84:00.0/${uuid} nvidia-35`,
      'type 0000:84:00.0 nvidia-35 15',
      'type 0000:84:00.0 nvidia-36 0',
      '',
    ].join('\n');
    expect(mdevsOf(printed, 'compute1')).toEqual({
      devices: [{ uuid, parent: '0000:84:00.0', type: 'nvidia-35' }],
      types: [
        { parent: '0000:84:00.0', type: 'nvidia-35', available: 15 },
        { parent: '0000:84:00.0', type: 'nvidia-36', available: 0 },
      ],
    });
  });

  it('are none on a machine without any', () => {
    expect(mdevsOf('', 'compute1')).toEqual({ devices: [], types: [] });
  });

  it.each([`device /sys/devices/virtual/${uuid} `, 'type 0000:84:00.0 nvidia-35 ', 'what'])(
    'are not guessed from "%s"',
    (line) => {
      expect(() => mdevsOf(line, 'compute1')).toThrow(/compute1|mediated/);
    },
  );
});
