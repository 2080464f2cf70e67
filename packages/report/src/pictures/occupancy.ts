import { CpuSet } from '@whitebox/core';
import { cpuSet, disagreement, layers, threadName } from './guest-marks.js';
import type { GuestPicture, HostPicture, ThreadPicture } from './model.js';

/** Somebody on a CPU. */
export interface Occupant {
  readonly guest: GuestPicture;
  readonly thread: ThreadPicture;
}

/** A place where a layer other than the domain XML has a thread. */
export interface Ghost extends Occupant {
  readonly layer: string;
}

/** Who is on one CPU of a host. */
export interface Occupancy {
  /** vCPUs that may run here and nowhere else. */
  readonly pinned: readonly Occupant[];
  /** vCPUs that may run here among others. */
  readonly floating: readonly Occupant[];
  /** Emulator and I/O threads. */
  readonly emulators: readonly Occupant[];
  readonly ghosts: readonly Ghost[];
  /** Disagreements of the layers about threads that some layer has here. */
  readonly wrong: readonly string[];
}

/** Ranges wider than this are no place at all: such a thread is not pinned. */
const widestGhost = 4;

/** CPU -> who is there, for every CPU of the host. */
export function occupancyOf(host: HostPicture): ReadonlyMap<number, Occupancy> {
  const cpus = host.cells.flatMap(({ cores }) => cores.flatMap((core) => cpuSet(core).ids));
  const placed = host.guests.flatMap((guest) => guest.threads.map((thread) => placeOf(guest, thread)));
  return new Map(
    cpus.map((cpu) => {
      const here = placed.filter(({ at }) => at.has(cpu));
      const vcpus = here.filter(({ thread }) => thread.role === 'vcpu');
      return [
        cpu,
        {
          pinned: vcpus.filter(({ at }) => at.size === 1),
          floating: vcpus.filter(({ at }) => at.size > 1),
          emulators: here.filter(({ thread }) => thread.role !== 'vcpu'),
          ghosts: placed.flatMap(({ guest, thread, others }) =>
            others
              .filter(({ set }) => set.has(cpu))
              .slice(0, 1)
              .map(({ layer }) => ({ guest, thread, layer })),
          ),
          wrong: placed
            .filter(({ said, at, others }) => said !== undefined && isMarked(cpu, at, others))
            .map(({ guest, said }) => `${guest.name}: ${said ?? ''}`),
        },
      ];
    }),
  );
}

interface Place extends Occupant {
  /** As the domain XML has it, or the kernel where there is none. */
  readonly at: CpuSet;
  /** CPUs that other layers have instead. */
  readonly others: readonly { readonly layer: string; readonly set: CpuSet }[];
  readonly said: string | undefined;
}

function placeOf(guest: GuestPicture, thread: ThreadPicture): Place {
  const shown = layers.map(([layer]) => thread[layer]).find((cpus) => cpus !== undefined);
  const at = shown === undefined ? CpuSet.empty : cpuSet(shown);
  const others = layers.flatMap(([layer, name]) => {
    const set = cpuSet(thread[layer] ?? '').difference(at);
    return set.isEmpty || set.size > widestGhost ? [] : [{ layer: name, set }];
  });
  return { guest, thread, at, others, said: disagreement(thread) };
}

/** A thread that may run anywhere would mark the whole host. */
function isMarked(cpu: number, at: CpuSet, others: Place['others']): boolean {
  return (at.size <= widestGhost && at.has(cpu)) || others.some(({ set }) => set.has(cpu));
}

/** Every disagreement on a host in words, with the name of the guest. */
export function disagreementsOn(host: HostPicture): string[] {
  return host.guests.flatMap((guest) =>
    guest.threads.flatMap((thread) => {
      const said = disagreement(thread);
      return said === undefined ? [] : [`${guest.name}, ${said}`];
    }),
  );
}

/** "vCPU 0 of vm1" */
export function occupantName({ guest, thread }: Occupant): string {
  return `${threadName(thread)} of ${guest.name}`;
}
