import { CpuSet } from '@whitebox/core';
import type { GuestPicture, ThreadPicture } from './model.js';

/** How a guest is shown in every picture of a case: a letter and one of the colours, which repeat with a pattern. */
export interface GuestMark {
  readonly letter: string;
  /** Class of the colour: "g0" to "g5". */
  readonly colour: string;
  /** Colours come round again after this many guests; those are drawn with stripes. */
  readonly striped: boolean;
}

/** Of class names in styles.ts. */
const colours = 6;

/** A mark for each guest, by uuid, in the order in which they come. */
export function guestMarks(guests: readonly Pick<GuestPicture, 'uuid'>[]): ReadonlyMap<string, GuestMark> {
  const uuids = [...new Set(guests.map(({ uuid }) => uuid))];
  return new Map(
    uuids.map((uuid, index) => [
      uuid,
      { letter: letterOf(index), colour: `g${index % colours}`, striped: index >= colours },
    ]),
  );
}

/** A, B, ... Z, AA, AB, ... */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}

/** "vCPU 0", "emulator", "I/O thread 1" */
export function threadName({ role, index }: Pick<ThreadPicture, 'role' | 'index'>): string {
  if (role === 'emulator') return 'emulator';
  return role === 'vcpu' ? `vCPU ${index}` : `I/O thread ${index}`;
}

export const layers = [
  ['xml', 'domain XML'],
  ['inactive', 'inactive XML'],
  ['database', 'database'],
  ['kernel', 'kernel'],
] as const;

/** What the layers say, where two of them do not say the same: "vCPU 0: domain XML 3, database 5". */
export function disagreement(thread: ThreadPicture): string | undefined {
  const said = layers.flatMap(([layer, name]) => {
    const cpus = thread[layer];
    return cpus === undefined ? [] : [{ name, cpus, set: cpuSet(cpus) }];
  });
  const [first] = said;
  if (first === undefined || said.every(({ set }) => set.equals(first.set))) return undefined;
  return `${threadName(thread)}: ${said.map(({ name, cpus }) => `${name} ${cpus === '' ? 'none' : cpus}`).join(', ')}`;
}

export function cpuSet(text: string): CpuSet {
  return CpuSet.parse(text, 'kernel');
}
