import { readNumaMaps } from '@whitebox/kernel';
import type { TestServer } from './test-server.js';

/** What the memory of a guest is made of, as the kernel has it: for each mapping its file, or undefined for anonymous memory. */
export async function memoryFilesOf({ host, domain }: TestServer): Promise<readonly (string | undefined)[]> {
  const { guestMemory } = await readNumaMaps(host.machine, { domain });
  return guestMemory.flatMap(({ mappings }) => mappings.map(({ file }) => file));
}
