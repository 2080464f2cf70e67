import type { InstanceExtra } from '@whitebox/db';
import type { HostSnapshot } from './snapshot.js';

export function extraOf(host: Pick<HostSnapshot, 'extras'>, uuid: string): InstanceExtra | undefined {
  return host.extras?.find(({ instanceUuid }) => instanceUuid === uuid);
}
