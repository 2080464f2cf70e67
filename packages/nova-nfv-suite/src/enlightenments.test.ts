import { expect, it } from 'vitest';
import { enlightenments, missingEnlightenments } from './enlightenments.js';

const on = new Map(enlightenments.map((name) => [name as string, true]));
const started = enlightenments.map((name) =>
  name === 'spinlocks' ? 'hv-spinlocks=0x1fff' : `hv-${name}=on`,
);

it('finds all of a guest that has them, in every spelling of libvirt', () => {
  expect(missingEnlightenments(on, ['kvm64', 'pmu=on', ...started])).toEqual([]);
  const older = started.map((property) => property.replace('hv-', 'hv_').replace('=on', ''));
  expect(missingEnlightenments(on, older)).toEqual([]);
});

it('tells which one is off, which is not there, and which QEMU does not have', () => {
  const off = new Map(on).set('ipi', false);
  expect(missingEnlightenments(off, started)).toEqual(['ipi: off in the domain XML']);
  const without = new Map([...on].filter(([name]) => name !== 'synic'));
  expect(missingEnlightenments(without, started)).toEqual(['synic: not in the domain XML']);
  const some = started.map((property) => (property === 'hv-vapic=on' ? 'hv-vapic=off' : property));
  expect(missingEnlightenments(on, some)).toEqual(['vapic: QEMU was started without it']);
});

it('misses all of them in a guest of another system', () => {
  expect(missingEnlightenments(new Map(), ['qemu64'])).toHaveLength(2 * enlightenments.length);
});
