import { describe, expect, it } from 'vitest';
import { rbdDifferences, type RbdDownload } from './rbd-download.js';

const id = '5f1a9f5e-0000-4000-8000-000000000001';
const line = `Attempting to export RBD image: [pool_name: images] [image_uuid: ${id}] [snapshot_name: snap] [dst_path: /var/lib/nova/instances/_base/x.part]`;
const good: RbdDownload = {
  imageId: id,
  directUrl: `rbd://fsid/images/${id}/snap`,
  pool: 'images',
  log: ['Creating image', line],
  disks: [{ protocol: undefined, path: '/var/lib/nova/instances/1/disk' }],
};

describe('rbdDifferences', () => {
  it('finds nothing wrong with an image that came out of Ceph', () => {
    expect(rbdDifferences(good)).toEqual([]);
  });

  it.each<[string, Partial<RbdDownload>, RegExp]>([
    ['an image elsewhere', { directUrl: 'file:///images/1' }, /^Glance has the image at file:/],
    ['a Glance that does not tell', { directUrl: undefined }, /^Glance has the image at no place/],
    ['no export', { log: [] }, /did not export image 5f1a/],
    ['the export of another image', { log: [line.replace(id, 'other')] }, /did not export image 5f1a/],
    ['another pool', { pool: 'glance' }, /^exported from pool images, configured is glance$/],
    [
      'a failed export',
      { log: [line, 'Error during RBD image export: timed out'] },
      /^nova-compute fell back: Error/,
    ],
    ['a disk that is in Ceph', { disks: [{ protocol: 'rbd', path: undefined }] }, /no file: rbd$/],
    ['no disk', { disks: [] }, /no file: there is none$/],
  ])('finds %s', (_, change, expected) => {
    expect(rbdDifferences({ ...good, ...change })).toEqual([expect.stringMatching(expected)]);
  });
});
