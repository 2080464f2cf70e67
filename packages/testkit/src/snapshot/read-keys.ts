import type { GuestSnapshot } from '@whitebox/invariants';
import { attempt } from './attempt.js';
import type { SourceReading } from './snapshot-sources.js';

/** Whether the key manager has the secret of the vTPM of a server; a request for each server that has one. */
export async function readKeys(
  reading: SourceReading,
  { systemMetadata }: Pick<GuestSnapshot, 'systemMetadata'>,
): Promise<GuestSnapshot['keys']> {
  if (systemMetadata === undefined) return undefined;
  const id = systemMetadata.get('vtpm_secret_uuid') ?? undefined;
  if (id === undefined) return new Map();
  const exists = await attempt(
    reading.sources.openstack.keys.exists(id, { signal: reading.signal }),
    reading,
  );
  return exists === undefined ? undefined : new Map([[id, exists]]);
}
