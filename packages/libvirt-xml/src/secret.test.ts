import { describe, expect, it } from 'vitest';
import { parseSecret } from './secret.js';

const uuid = '22ad3b15-6f2b-4392-af2b-7fe227614f8f';

describe('parseSecret', () => {
  it('reads what virsh printed for a secret of Ceph', () => {
    const xml = `<secret ephemeral='yes' private='no'>
  <uuid>22AD3B15-6f2b-4392-af2b-7fe227614f8f</uuid>
  <description>for volumes</description>
  <usage type='ceph'>
    <name>client.cinder secret</name>
  </usage>
</secret>`;
    expect(parseSecret(xml)).toEqual({
      uuid,
      ephemeral: true,
      private: false,
      description: 'for volumes',
      usage: { type: 'ceph', id: 'client.cinder secret' },
    });
  });

  it.each([
    ['<usage type="volume"><volume>/v</volume></usage>', { type: 'volume', id: '/v' }],
    ['<usage type="iscsi"><target>t</target></usage>', { type: 'iscsi', id: 't' }],
    ['<usage type="vtpm"><name>n</name></usage>', { type: 'vtpm', id: 'n' }],
    ['<usage type="volume"/>', { type: 'volume', id: undefined }],
    ['', undefined],
  ])('reads the usage %s', (usage, expected) => {
    expect(parseSecret(`<secret private='yes'><uuid>${uuid}</uuid>${usage}</secret>`)).toMatchObject({
      ephemeral: false,
      private: true,
      usage: expected,
    });
  });

  it('refuses a secret without uuid', () => {
    expect(() => parseSecret('<secret/>')).toThrow(/read secret\/uuid: it is missing/);
  });
});
