import type { Cloud } from './cloud.js';
import type { OptionalService } from './optional-services.js';

/** The type of volumes that nobody has given another. Cinder's database comes with it. */
export const plainVolumeType = '__DEFAULT__';
/** Volumes of this type are LUKS inside, and QEMU itself opens them; their keys are in Barbican. */
export const encryptedVolumeType = 'lab-encrypted';

/** Names of the volume types of a lab with these parts. */
export function volumeTypesFor(services: readonly OptionalService[]): string[] {
  if (!services.includes('volumes')) return [];
  return services.includes('keys') ? [plainVolumeType, encryptedVolumeType] : [plainVolumeType];
}

interface VolumeType {
  readonly id: string;
  readonly name: string;
}

interface Encryption {
  readonly encryption_id?: string;
}

/** May be done again: what is there already is left alone. */
export async function seedVolumeTypes(cloud: Cloud, keys: boolean): Promise<void> {
  if (!keys) return;
  const types = await cloud.list<VolumeType>('cinder', '/types', 'volume_types');
  const { id } =
    types.find(({ name }) => name === encryptedVolumeType) ??
    (
      (await cloud.request('POST', 'cinder', '/types', {
        json: { volume_type: { name: encryptedVolumeType } },
      })) as { volume_type: VolumeType }
    ).volume_type;
  const found = (await cloud.request('GET', 'cinder', `/types/${id}/encryption`)) as Encryption | undefined;
  if (found?.encryption_id !== undefined) return;
  await cloud.request('POST', 'cinder', `/types/${id}/encryption`, {
    json: {
      encryption: {
        provider: 'luks',
        cipher: 'aes-xts-plain64',
        key_size: 256,
        control_location: 'front-end',
      },
    },
  });
}

interface VolumeService {
  readonly binary: string;
  readonly host: string;
  readonly state: string;
}

/** Until a volume can be made: somebody schedules, and the backend is up. */
export async function waitForVolumes(cloud: Cloud, deadlineMs = 300_000): Promise<void> {
  await cloud.until('Cinder', deadlineMs, async () => {
    const services = await cloud.list<VolumeService>('cinder', '/os-services', 'services');
    const up = services.filter(({ state }) => state === 'up').map(({ binary }) => binary);
    const missing = ['cinder-scheduler', 'cinder-volume'].filter((binary) => !up.includes(binary));
    return missing.length === 0 ? true : `not up: ${missing.join(', ')}`;
  });
  // The scheduler knows of no place for a volume until the backend has told it.
  await cloud.until('a pool of volumes', deadlineMs, async () => {
    const pools = await cloud.list<{ name: string }>('cinder', '/scheduler-stats/get_pools', 'pools');
    return pools.length > 0 ? true : 'the scheduler knows of none';
  });
}
