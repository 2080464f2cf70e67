import { describe, expect, it } from 'vitest';
import { volumeDifferences, type VolumeEvidence } from './volume-layers.js';

const good: VolumeEvidence = {
  serverId: 'server',
  hostName: 'compute1',
  expected: ['b', 'a'],
  api: ['a', 'b'],
  rows: [
    { destinationType: 'local', volumeId: null, attachmentId: null },
    { destinationType: 'volume', volumeId: 'a', attachmentId: '1' },
    { destinationType: 'volume', volumeId: 'b', attachmentId: '2' },
  ],
  live: [{ serial: undefined }, { serial: 'a' }, { serial: 'b' }],
  inactive: [{ serial: undefined }, { serial: 'a' }, { serial: 'b' }],
  volumes: ['a', 'b'].map((id, index) => ({
    id,
    status: 'in-use',
    attachments: [{ id: String(index + 1), serverId: 'server', hostName: 'compute1', device: '/dev/vdb' }],
  })),
};

describe('volumeDifferences', () => {
  it('finds nothing where all layers agree', () => {
    expect(volumeDifferences(good)).toEqual([]);
  });

  it.each<[string, Partial<VolumeEvidence>, RegExp]>([
    ['a volume that the API lost', { api: ['a'] }, /^compute API has a, expected b, a$/],
    ['a row without its volume', { rows: good.rows.slice(0, 2) }, /^database has a, expected b, a$/],
    ['a disk that is gone', { live: [{ serial: 'a' }] }, /^domain XML has a, expected b, a$/],
    ['a disk that comes twice', { live: [...good.live, { serial: 'a' }] }, /^domain XML has a, b, a/],
    ['a disk that the next start lacks', { inactive: [] }, /^inactive XML has none/],
  ])('finds %s', (_, change, expected) => {
    expect(volumeDifferences({ ...good, ...change })).toContainEqual(expect.stringMatching(expected));
  });

  it('finds a volume that the case does not expect', () => {
    expect(volumeDifferences({ ...good, expected: ['a'] })).toHaveLength(4);
  });

  const [a, b] = good.volumes;
  const [attachment] = a?.attachments ?? [];
  it.each([
    ['no attachment (lp#1889108)', { attachments: [] }, /attached: nowhere; expected in-use, 1 of server/],
    ['one of the old host', { attachments: [{ ...attachment!, hostName: 'old' }] }, /on old; expected/],
    [
      'one too many',
      { attachments: [attachment!, { ...attachment!, hostName: 'old' }] },
      /, 1 of server on old/,
    ],
    ['another than the row names', { attachments: [{ ...attachment!, id: '9' }] }, /9 of server .* 1 of/],
    ['that of another server', { attachments: [{ ...attachment!, serverId: 'other' }] }, /of other on/],
    ['a status of its own', { status: 'available' }, /has a available/],
  ])('finds that Cinder has %s', (_, change, expected) => {
    const differences = volumeDifferences({ ...good, volumes: [{ ...a!, ...change }, b!] });
    expect(differences).toEqual([expect.stringMatching(expected)]);
  });
});
