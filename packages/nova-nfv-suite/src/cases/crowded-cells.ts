import { computes, dedicated, expect, feature, heldOn, test, type TestServer } from '@whitebox/testkit';
import { moreThanHalf, roomForCrowding } from '../crowding.js';
import { expectHugepages } from '../expect-hugepages.js';
import { expectPinned } from '../expect-pinned.js';

/** KiB */
const large = 2048;
/** 128 MiB */
const pages = 64;

test(
  'a guest of hugepages that live migrates to a host whose same cell is taken gets the other cell, memory and CPUs',
  {
    needs: [feature('live_migration'), computes(2), roomForCrowding(large, pages)],
    // There the cell is forced by guests that take all of its pages; here by their CPUs, which cost nothing. Always skipped there
    // (storyboard 2009853).
    replaces: ['test_cpu_pinning.NUMALiveMigrationTest.test_hugepages'],
  },
  async ({ cloud }) => {
    const vcpus = moreThanHalf(cloud.mostDedicatedCpusInOneCell());
    const flavor = {
      ...dedicated(vcpus, { 'hw:numa_nodes': '1', 'hw:mem_page_size': String(large) }),
      ramMib: 128,
    };
    const free = await expectHugepages(cloud, large);
    const mover = await cloud.boot({ flavor });
    const destination = cloud.computeOtherThan(mover.host);
    const cell = await cellOf(mover);
    await free.expectHeldBy(mover, await mover.memory());
    const resident = await cloud.boot({ flavor, host: destination });
    expect(await cellOf(resident), 'cell of both before').toBe(cell);
    const before = (await heldOn(cloud, destination)).pages.get(large) ?? 0;

    await mover.liveMigrate({ to: destination });

    expect(mover.host.name).toBe(destination.name);
    const moved = await expectPinned(cloud, mover);
    expect(await cellOf(mover), 'cell after the migration').not.toBe(cell);
    expect(await cellOf(resident)).toBe(cell);
    expect((await expectPinned(cloud, resident)).pinned).toBeDisjointFrom(moved.pinned);
    expect((await heldOn(cloud, destination)).pages.get(large), 'pages that the host counts').toBe(
      before + pages,
    );
  },
);

/** The one cell of its host that has the memory and, whole, the CPUs of a guest. */
async function cellOf(server: TestServer): Promise<number> {
  const memory = await server.memory();
  expect(memory.pageSizesKib).toEqual([large]);
  expect([...memory.hugepages(large).values()]).toEqual([pages]);
  expect(memory).toAgreeEverywhere();
  const [cell = -1] = memory.cells[0]?.nodes ?? [];
  const cpus = (await server.host.numaCells()).get(cell);
  expect((await server.cpus()).pinned).toLieWithin(cpus ?? '');
  return cell;
}
