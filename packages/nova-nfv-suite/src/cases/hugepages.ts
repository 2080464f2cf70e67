import {
  computes,
  dedicated,
  disjointDedicatedSets,
  expect,
  feature,
  numaCells,
  shared,
  test,
  type FlavorSpec,
} from '@whitebox/testkit';
import { expectHugepages } from '../expect-hugepages.js';
import { expectTwoCells } from '../two-cells.js';

/** Sizes of x86-64, KiB. */
const large = 2048;
const huge = 1024 * 1024;

test(
  'a live migration there and back takes hugepages of the new host for both cells of a guest, and gives the old ones back',
  {
    claim: { dedicatedCpus: 2, cells: 2, exclusive: ['hugepages'] },
    needs: [
      feature('live_migration'),
      computes(2),
      disjointDedicatedSets(),
      numaCells({ cells: 2, dedicated: 2, hugepages: { sizeKib: large, count: 32 }, hosts: 2 }),
    ],
    // Always skipped there (storyboard 2009853), and it took half of all pages of both hosts.
    replaces: ['test_cpu_pinning.NUMALiveMigrationTest.test_hugepages'],
  },
  async ({ cloud }) => {
    const free = await expectHugepages(cloud, large);
    const specs = { 'hw:numa_nodes': '2', 'hw:mem_page_size': String(large) };
    const server = await cloud.boot({ flavor: { ...dedicated(4, specs), ramMib: 128 } });
    const [source, destination] = [server.host, cloud.computeOtherThan(server.host)];

    for (const host of [source, destination, source]) {
      if (server.host !== host) await server.liveMigrate({ to: host });
      expect(server.host.name).toBe(host.name);
      const memory = await expectTwoCells(server);
      expect(memory.pageSizesKib).toEqual([large]);
      const cpus = await server.cpus();
      expect(cpus.pinnedVcpus).toEqual([0, 1, 2, 3]);
      expect(cpus.pinned).toLieWithin(host.dedicated);
      // 64 MiB in each cell.
      expect([...memory.hugepages(large).values()]).toEqual([32, 32]);
      await free.expectHeldBy(server, memory);
    }
  },
);

test(
  'a resize moves a guest from ordinary pages to hugepages, to larger ones and back, and each host counts them',
  {
    claim: { memoryMib: 1024, exclusive: ['hugepages'] },
    needs: [
      feature('resize'),
      numaCells({ shared: 1, hugepages: { sizeKib: large, count: 512 } }),
      numaCells({ shared: 1, hugepages: { sizeKib: huge, count: 1 } }),
    ],
    replaces: [
      'test_hugepages.HugePageResize.test_hugepage_resize_large_to_small',
      'test_hugepages.HugePageResize.test_hugepage_resize_size_to_small',
      'test_hugepages.HugePageResize.test_hugepage_resize_size_to_size',
    ],
  },
  async ({ cloud }) => {
    const free = await expectHugepages(cloud, large, huge);
    const small = paged('small', 128);
    const server = await cloud.boot({ flavor: small });
    const steps: [FlavorSpec, sizeKib: number, pages: number][] = [
      [small, 4, 0],
      [paged('large', 128), large, 64],
      [paged(String(huge), 1024), huge, 1],
      [paged(String(large), 128), large, 64],
      [small, 4, 0],
    ];

    for (const [index, [flavor, sizeKib, pages]] of steps.entries()) {
      if (index > 0) await server.resize(flavor);
      const memory = await server.memory();
      expect(memory.pageSizesKib).toEqual([sizeKib]);
      expect(memory).toAgreeEverywhere();
      if (pages > 0) expect([...memory.hugepages(sizeKib).values()]).toEqual([pages]);
      await free.expectHeldBy(server, memory);
    }
  },
);

function paged(size: string, ramMib: number): FlavorSpec {
  return { ...shared(1, { 'hw:mem_page_size': size }), ramMib };
}
