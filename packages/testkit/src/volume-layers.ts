import type { BlockDeviceRow } from '@whitebox/db';
import type { Disk, Domain } from '@whitebox/libvirt-xml';
import type { Volume } from '@whitebox/openstack';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';

/** What the layers say about the volumes of one server. */
export interface VolumeEvidence {
  readonly serverId: string;
  readonly hostName: string;
  /** Ids that the case knows of. */
  readonly expected: readonly string[];
  /** As the compute API lists them. */
  readonly api: readonly string[];
  readonly rows: readonly Pick<BlockDeviceRow, 'destinationType' | 'volumeId' | 'attachmentId'>[];
  readonly live: readonly Pick<Disk, 'serial'>[];
  readonly inactive: readonly Pick<Disk, 'serial'>[];
  /** As Cinder has them. */
  readonly volumes: readonly Pick<Volume, 'id' | 'status' | 'attachments'>[];
}

/**
 * That a server has these volumes, in every layer: compute API, block_device_mapping, live and inactive XML (Nova makes the
 * id of a volume the serial of its disk: LibvirtBaseVolumeDriver.get_config, nova/virt/libvirt/volume/volume.py), and Cinder,
 * whose attachment is the one that Nova's row names, of this server on this host.
 */
export async function expectVolumes(
  cloud: Cloud,
  server: TestServer,
  expected: readonly string[],
): Promise<void> {
  const { signal, openstack, database } = cloud;
  const [{ volumeIds }, rows, live, inactive, volumes] = await Promise.all([
    server.refresh(),
    database.blockDevices(server.id, { signal }),
    server.xml(),
    server.xml({ inactive: true }),
    Promise.all(expected.map((id) => openstack.volumes.show(id, { signal }))),
  ]);
  expect(expected.length, 'volumes that the case expects').toBeGreaterThan(0);
  const differences = volumeDifferences({
    serverId: server.id,
    hostName: server.host.name,
    expected,
    api: volumeIds,
    rows,
    live: disksOf(live),
    inactive: disksOf(inactive),
    volumes,
  });
  expect(differences, `volumes of ${server.name}:\n  ${differences.join('\n  ')}`).toEqual([]);
}

/** Where a layer has other volumes than expected, or Cinder another attachment than Nova; one line each. */
export function volumeDifferences(evidence: VolumeEvidence): string[] {
  const { expected, api, rows, live, inactive, volumes } = evidence;
  const ofVolumes = rows.filter(({ destinationType }) => destinationType === 'volume');
  const serials = (disks: VolumeEvidence['live']): string[] => disks.flatMap(({ serial }) => serial ?? []);
  // Disks that are no volumes may have a serial too.
  const known = new Set([...expected, ...ofVolumes.map(({ volumeId }) => volumeId)]);
  const layers: readonly (readonly [string, readonly (string | null)[]])[] = [
    ['compute API', api],
    ['database', ofVolumes.map(({ volumeId }) => volumeId)],
    ['domain XML', serials(live).filter((serial) => known.has(serial))],
    ['inactive XML', serials(inactive).filter((serial) => known.has(serial))],
  ];
  const wrong = layers
    .filter(([, ids]) => [...ids].sort().join() !== [...expected].sort().join())
    .map(([layer, ids]) => `${layer} has ${ids.join(', ') || 'none'}, expected ${expected.join(', ')}`);
  return [...wrong, ...volumes.flatMap((volume) => attachmentDifferences(evidence, volume))];
}

function attachmentDifferences(
  { serverId, hostName, rows }: VolumeEvidence,
  { id, status, attachments }: VolumeEvidence['volumes'][number],
): string[] {
  const row = rows.find(({ volumeId }) => volumeId === id);
  const shown = attachments.map((one) => `${one.id} of ${one.serverId} on ${one.hostName ?? 'no host'}`);
  const found = `Cinder has ${id} ${status}, attached: ${shown.join(', ') || 'nowhere'}`;
  const [only] = attachments;
  const right =
    status === 'in-use' &&
    attachments.length === 1 &&
    only?.serverId === serverId &&
    only.hostName === hostName &&
    row?.attachmentId === only.id;
  if (right) return [];
  return [`${found}; expected in-use, ${row?.attachmentId ?? 'no row'} of ${serverId} on ${hostName}`];
}

function disksOf({ devices }: Domain): readonly Disk[] {
  return devices.disks;
}
