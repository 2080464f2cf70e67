import { describe, expect, it } from 'vitest';
import { diskDifferences } from './disk-files.js';

describe('diskDifferences', () => {
  const vda = { target: 'vda', path: '/instances/1/disk', identity: '1:7' } as const;
  const vdb = { target: 'vdb', path: '/dev/dm-3', identity: '5:9' } as const;
  const open = [
    { identity: '1:7', links: 1 },
    { identity: '5:9', links: 1 },
  ] as const;

  it('finds nothing where QEMU has each file open', () => {
    expect(diskDifferences([vda, vdb], open)).toEqual([]);
  });

  it('finds a file that is gone, and one that is another than QEMU has', () => {
    expect(
      diskDifferences(
        [
          { ...vda, identity: undefined },
          { ...vdb, identity: '5:8' },
        ],
        open,
      ),
    ).toEqual(['vda: /instances/1/disk is not there', 'vdb: /dev/dm-3 is not the file that QEMU has open']);
  });

  it('takes no disks for no proof', () => {
    expect(diskDifferences([], open)).toEqual(['the domain XML names no file']);
  });
});
