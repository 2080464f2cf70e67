import type { NovaReader } from '@whitebox/db';
import { readNumaMaps } from '@whitebox/kernel';
import type { Domain } from '@whitebox/libvirt-xml';
import type { Guest } from './guest.js';
import type { MemoryEvidence, XmlMemory } from './memory-placement.js';

/** x86-64 and most of the others; hugepages are told apart from it. */
const basePageKib = 4;

/** Reads what every layer says of the memory of a guest at the same time, each once. */
export async function readMemoryEvidence(
  guest: Guest,
  database: NovaReader,
  signal: AbortSignal,
): Promise<MemoryEvidence> {
  const { virsh, machine } = guest.host;
  const [live, inactive, topology, maps] = await Promise.all([
    virsh.domain(guest.domain, { signal }),
    virsh.domain(guest.domain, { inactive: true, signal }),
    database.numaTopology(guest.id, { signal }),
    readNumaMaps(machine, { domain: guest.domain }, { signal }),
  ]);
  return {
    serverName: guest.name,
    hostName: guest.host.name,
    live: xmlMemory(live),
    inactive: xmlMemory(inactive),
    database:
      topology?.cells.map(({ id, memoryMiB, pagesizeKiB }) => ({
        hostCell: id,
        memoryMib: memoryMiB,
        pagesizeKib: pagesizeKiB,
      })) ?? null,
    kernel: maps.guestMemory,
    basePageKib,
  };
}

function xmlMemory({ numaTune, memoryBacking, cpu }: Domain): XmlMemory {
  return { numaTune, memoryBacking, cells: cpu?.numaCells ?? [] };
}
