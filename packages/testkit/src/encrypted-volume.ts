import { runText } from '@whitebox/host';
import type { Disk } from '@whitebox/libvirt-xml';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';
import { expectNowhere } from './vtpm.js';

/**
 * That a volume of a running guest is LUKS which QEMU opens: in both XMLs and in the image itself; that libvirt keeps the
 * passphrase, which Nova needs again at the next start (lp#1905701), and Barbican the key; and that the key can be read nowhere.
 *
 * @returns the UUID of libvirt's secret
 */
export async function expectEncrypted(cloud: Cloud, server: TestServer, volumeId: string): Promise<string> {
  const { signal, openstack } = cloud;
  const { virsh } = server.host;
  const keyId = (await openstack.volumes.encryption(volumeId, { signal }))?.keyId ?? '';
  expect(keyId, 'key of the volume in Cinder').toMatch(/^[0-9a-f-]{36}$/);
  expect(await openstack.keys.has(keyId, { signal }), 'the key of the volume is in Barbican').toBe(true);

  const live = await diskOf(server, volumeId, false);
  const secretId = live.encryption?.secretUuid ?? '';
  expect(secretId, 'secret of the volume in the live XML').toMatch(/^[0-9a-f-]{36}$/);
  for (const [where, disk] of [
    ['live XML', live],
    ['inactive XML', await diskOf(server, volumeId, true)],
  ] as const) {
    expect(disk.encryption, `encryption in the ${where}`).toEqual({ format: 'luks', secretUuid: secretId });
  }
  expect(await imageFormats(cloud, server, live), 'the image of the volume').toContain('luks');

  // Nova finds the secret by its usage, not by its UUID: host.py, find_secret.
  const kept = (await virsh.secrets({ signal })).map(({ uuid }) => uuid);
  expect(kept, 'secrets that libvirt keeps').toContain(secretId);
  const { usage } = await virsh.secret(secretId, { signal });
  expect(usage, 'usage of the secret').toEqual({ type: 'volume', id: volumeId });
  await expectNowhere(server, (await openstack.keys.payload(keyId, { signal })).reveal(), signal);
  return secretId;
}

/** That a volume of a guest is not encrypted at all. */
export async function expectPlain(cloud: Cloud, server: TestServer, volumeId: string): Promise<void> {
  const disk = await diskOf(server, volumeId, false);
  expect(disk.encryption, 'encryption of a plain volume').toBeUndefined();
  expect(await imageFormats(cloud, server, disk), 'the image of a plain volume').not.toContain('luks');
}

/** Nova makes the id of a volume the serial of its disk (LibvirtBaseVolumeDriver.get_config). */
async function diskOf(server: TestServer, volumeId: string, inactive: boolean): Promise<Disk> {
  const { disks } = (await server.xml({ inactive })).devices;
  const found = disks.filter(({ serial }) => serial === volumeId);
  const [disk] = found;
  expect(found, `disks of volume ${volumeId} in the ${inactive ? 'inactive' : 'live'} XML`).toHaveLength(1);
  if (disk === undefined) throw new Error(`Volume ${volumeId} has no disk.`);
  return disk;
}

interface ImageInfo {
  readonly format?: string;
  readonly encrypted?: boolean;
  readonly 'format-specific'?: { readonly data?: { readonly encrypt?: { readonly format?: string } } };
}

/** Format of an image, and that of its encryption where it has one inside: LUKS in qcow2, as backends with files have it. */
async function imageFormats(cloud: Cloud, { host }: TestServer, { source }: Disk): Promise<string[]> {
  const path = source?.path ?? (source?.protocol === 'rbd' ? `rbd:${source.name ?? ''}` : undefined);
  expect(path, 'where the volume is').toBeDefined();
  const argv = ['qemu-img', 'info', '--output=json', '--force-share', path ?? ''];
  const info = JSON.parse(await runText(host.machine, argv, { signal: cloud.signal })) as ImageInfo;
  return [info.format, info['format-specific']?.data?.encrypt?.format].flatMap((format) => format ?? []);
}
