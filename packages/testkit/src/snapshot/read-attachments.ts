import type { GuestSnapshot } from '@whitebox/invariants';
import { attempt } from './attempt.js';
import type { SourceReading } from './snapshot-sources.js';

/** What Cinder says of the volumes of a server; a request for each server that has any. */
export async function readAttachments(
  reading: SourceReading,
  { uuid, blockDevices }: Pick<GuestSnapshot, 'uuid' | 'blockDevices'>,
): Promise<GuestSnapshot['attachments']> {
  if (blockDevices === undefined) return undefined;
  if (!blockDevices.some(({ destinationType }) => destinationType === 'volume')) return [];
  const { volumes } = reading.sources.openstack;
  return attempt(volumes.attachmentsOf(uuid, { signal: reading.signal }), reading);
}
