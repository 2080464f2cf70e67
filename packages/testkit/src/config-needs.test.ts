import { describe, expect, it } from 'vitest';
import { display } from './config-needs.js';
import type { Discovered } from './needs.js';

/** @param hosts "vnc=true spice=..." as in the configuration of each host in force */
function cloud(hosts: Readonly<Record<string, string>>): Discovered {
  const computes = Object.entries(hosts).map(([name, said]) => ({
    name,
    config: {
      effective: (section: string) => {
        const value = new RegExp(`${section}=(\\w+)`).exec(said)?.[1];
        return value === undefined ? undefined : { value };
      },
    },
  }));
  return { computes } as unknown as Discovered;
}

describe('display', () => {
  it.each([
    ['VNC is the default', { a: '', b: '' }, undefined],
    ['SPICE instead of VNC', { a: 'vnc=False spice=True' }, undefined],
    ['other spellings', { a: 'vnc=off spice=yes' }, undefined],
    [
      'neither, on one host',
      { a: '', b: 'vnc=false' },
      '[vnc] enabled and [spice] enabled are both off on b',
    ],
  ])('%s', async (_, hosts, evidence) => {
    expect((await display().missing(cloud(hosts)))?.evidence).toBe(evidence);
  });
});
