import type { Domain } from '@whitebox/libvirt-xml';
import { runs } from './instances.js';

/** Where the XML matters: of a guest that does not run Nova makes it anew at the next start. */
export function hasXml(guest: {
  readonly instance: Parameters<typeof runs>[0];
  readonly live: Domain | null;
}): boolean {
  return runs(guest.instance) && guest.live !== null;
}
