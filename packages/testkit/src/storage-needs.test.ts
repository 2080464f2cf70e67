import { describe, expect, it } from 'vitest';
import type { Discovered, Need } from './needs.js';
import { rbdDownload } from './rbd-needs.js';
import { blockStorage, roomForDisks } from './storage-needs.js';

/** A cloud where the one option that is asked for has this value, and one compute these options. */
function cloud(value: unknown, inForce: Readonly<Record<string, string>> = {}): Discovered {
  const effective = (section: string, option: string) => {
    const found = inForce[`${section}.${option}`];
    return found === undefined ? undefined : { value: found };
  };
  return {
    options: { explain: () => Promise.resolve({ value, origin: 'found' }) },
    computes: [{ name: 'one', config: { effective } }],
  } as unknown as Discovered;
}

describe('needs of storage', () => {
  it.each<[string, Need, Discovered, string | undefined]>([
    ['Cinder', blockStorage(), cloud(true), undefined],
    ['no Cinder', blockStorage(), cloud(false), 'none: found'],
    ['no limit that is said', roomForDisks(7), cloud(undefined), undefined],
    ['the default: as many as the bus takes', roomForDisks(7), cloud(-1), undefined],
    ['just enough', roomForDisks(7), cloud(7), undefined],
    ['too low a limit', roomForDisks(7), cloud(6), '6: found'],
    ['direct download', rbdDownload(), cloud(true), undefined],
    [
      'none, with what is in force instead',
      rbdDownload(),
      cloud(false, { 'libvirt.images_type': 'qcow2' }),
      'false (found); one: [glance] enable_rbd_download unset, [glance] rbd_pool unset, [libvirt] images_type qcow2',
    ],
  ])('%s', async (_, need, found, evidence) => {
    expect((await need.missing(found))?.evidence).toBe(evidence);
  });
});
