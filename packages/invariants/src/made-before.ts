import type { Domain } from '@whitebox/libvirt-xml';
import type { HostConfig } from './snapshot.js';

/**
 * Whether Nova made the XML of a domain before the nova-compute of its host was started. Then that may have been with other
 * options, and Nova leaves a running guest as it is.
 */
export function madeBefore({ nova }: Domain, { startedAt }: HostConfig): boolean {
  if (startedAt === undefined || nova?.creationTime === undefined) return true;
  return Date.parse(`${nova.creationTime.replace(' ', 'T')}Z`) < startedAt.getTime();
}
