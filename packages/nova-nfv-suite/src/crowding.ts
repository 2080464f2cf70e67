import type { HostCapacity, Need } from '@whitebox/testkit';

/** So many dedicated CPUs that no cell of any host has room for two such guests. */
export function moreThanHalf(mostOfAnyCell: number): number {
  return Math.floor(mostOfAnyCell / 2) + 1;
}

/** Two computes with two cells each that have room for a guest like that, and pages of a size (KiB) for it. */
export function roomForCrowding(sizeKib: number, pages: number): Need {
  return {
    text: `2 computes with 2 NUMA cells of which more than half of the dedicated CPUs and ${pages} pages of ${sizeKib} KiB are free`,
    missing: async (found) => {
      const hosts = await found.capacity();
      const most = Math.max(0, ...hosts.flatMap(({ cells }) => cells.map(({ dedicated }) => dedicated.size)));
      const fits = (host: HostCapacity, now: boolean): boolean =>
        host.cells.filter(({ dedicated, taken, hugepages }) => {
          const pool = hugepages.get(sizeKib);
          const cpus = now ? dedicated.difference(taken) : dedicated;
          return cpus.size >= moreThanHalf(most) && ((now ? pool?.free : pool?.total) ?? 0) >= pages;
        }).length >= 2;
      if (hosts.filter((host) => fits(host, true)).length >= 2) return undefined;
      const evidence = hosts
        .map(({ name, cells }) => {
          const each = cells.map(
            ({ dedicated, taken, hugepages }) =>
              `${dedicated.difference(taken).size} CPUs, ${hugepages.get(sizeKib)?.free ?? 0} pages`,
          );
          return `${name}: ${each.join('; ')}`;
        })
        .join(', ');
      return { evidence, transient: hosts.filter((host) => fits(host, false)).length >= 2 };
    },
  };
}
