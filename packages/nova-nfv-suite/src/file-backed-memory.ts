import { expect, memoryFilesOf, type Cloud, type ComputeHost, type TestServer } from '@whitebox/testkit';

/**
 * Makes the memory of guests files, on these computes. Nova refuses to start with memory that is overcommitted, and takes the
 * size for all the memory of the host (_check_file_backed_memory_support, nova/virt/libvirt/driver.py).
 *
 * @returns MiB that each of them has for guests now
 */
export async function useFileBackedMemory(
  cloud: Cloud,
  on: readonly ComputeHost[] = cloud.computes,
): Promise<number> {
  const said = await cloud.option('whitebox', 'file_backed_memory_size');
  const nodes = await cloud.database.computeNodes({}, { signal: cloud.signal });
  // As much as the least of them has: guests that are there keep their room.
  const sizeMib = said > 0 ? said : Math.min(...nodes.map(({ memoryMiB }) => memoryMiB));
  expect(sizeMib).toBeGreaterThan(0);
  const change = { section: 'libvirt', option: 'file_backed_memory', value: String(sizeMib) };
  const ratio = { section: 'DEFAULT', option: 'ram_allocation_ratio', value: '1.0' };
  await cloud.configureComputes([change, ratio], { on });
  return sizeMib;
}

/** Shared files in live and inactive XML (LibvirtConfigGuestMemoryBacking), and in QEMU's mappings. */
export async function expectFileBacked(server: TestServer): Promise<void> {
  for (const inactive of [false, true]) {
    const { memoryBacking } = await server.xml({ inactive });
    const { source, access, allocation, discard } = memoryBacking;
    expect({ source, access, allocation, discard }, inactive ? 'inactive XML' : 'domain XML').toEqual({
      source: 'file',
      access: 'shared',
      allocation: 'immediate',
      discard: true,
    });
  }
  const files = await memoryFilesOf(server);
  expect(files.length, 'mappings of the memory').toBeGreaterThan(0);
  for (const file of files) expect(file, 'file of the memory in the kernel').toMatch(/^\//);
}

/** Anonymous memory, as guests have it without that option. */
export async function expectNotFileBacked(server: TestServer): Promise<void> {
  for (const inactive of [false, true]) {
    const { source } = (await server.xml({ inactive })).memoryBacking;
    expect(source, inactive ? 'inactive XML' : 'domain XML').toBeUndefined();
  }
  const files = await memoryFilesOf(server);
  expect(files.length, 'mappings of the memory').toBeGreaterThan(0);
  expect(
    files.filter((file) => file !== undefined),
    'files of the memory',
  ).toEqual([]);
}
