import { expect, type Cloud, type MemoryPlacement, type TestServer } from '@whitebox/testkit';

/** host and size -> NUMA cell -> pages */
type Counts = Record<string, Record<number, number>>;

/** The free hugepages of all computes, counted by their kernels before a case takes any. */
export interface FreeHugepages {
  /** That this server holds its pages on its host and nobody else has taken or given back any, on no compute. */
  expectHeldBy(server: TestServer, memory: MemoryPlacement): Promise<void>;
}

/** @param sizes in KiB */
export async function expectHugepages(cloud: Cloud, ...sizes: readonly number[]): Promise<FreeHugepages> {
  const before = await count(cloud, sizes);
  expect(Object.values(before).flatMap((cells) => Object.values(cells)).length).toBeGreaterThan(0);
  return {
    async expectHeldBy(server, memory) {
      const expected = structuredClone(before);
      for (const size of sizes) {
        const cells = expected[key(server.host.name, size)] ?? {};
        for (const [node, pages] of memory.hugepages(size)) cells[node] = (cells[node] ?? 0) - pages;
      }
      const wrong = differences(await count(cloud, sizes), expected);
      expect(wrong, `free hugepages: ${wrong.join('; ')}`).toEqual([]);
    },
  };
}

async function count(cloud: Cloud, sizes: readonly number[]): Promise<Counts> {
  const counts: Counts = {};
  for (const host of cloud.computes) {
    for (const size of sizes) {
      counts[key(host.name, size)] = Object.fromEntries(await host.freeHugepages(size));
    }
  }
  return counts;
}

/** "compute1, 2048 KiB, cell 0: 447, expected 448" */
function differences(found: Counts, expected: Counts): string[] {
  return Object.entries(expected).flatMap(([place, cells]) =>
    Object.entries(cells)
      .filter(([cell, pages]) => found[place]?.[Number(cell)] !== pages)
      .map(
        ([cell, pages]) =>
          `${place}, cell ${cell}: ${found[place]?.[Number(cell)] ?? 'none'}, expected ${pages}`,
      ),
  );
}

function key(host: string, sizeKib: number): string {
  return `${host}, ${sizeKib} KiB`;
}
