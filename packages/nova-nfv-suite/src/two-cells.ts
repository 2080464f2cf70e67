import { expect, type CellMemory, type MemoryPlacement, type TestServer } from '@whitebox/testkit';

/** That both guest cells lie on host cells of their own, memory and vCPUs, whatever kind these are. */
export async function expectTwoCells(server: TestServer): Promise<MemoryPlacement> {
  const [cpus, memory] = [await server.cpus(), await server.memory()];
  expect(memory.cells, 'cells of the guest').toHaveLength(2);
  const hostCells = new Set(memory.cells.map(({ nodes }) => nodes.toString()));
  expect(memory.cells.map(({ nodes }) => nodes.size)).toEqual([1, 1]);
  expect(hostCells.size, 'host cells').toBe(2);
  for (const cell of memory.cells) {
    const ofHost = await cpusOf(server, cell);
    for (const vcpu of cell.vcpus) {
      if (cpus.pinnedVcpus.includes(vcpu)) {
        expect(cpus.vcpu(vcpu), `vCPU ${vcpu}`).toLieWithin(server.host.dedicated.intersection(ofHost));
        expect(cpus.vcpu(vcpu).size).toBe(1);
      } else {
        // nova/virt/libvirt/driver.py, _get_pin_cpuset: what floats does so over what its own cell shares.
        expect(cpus.vcpu(vcpu), `vCPU ${vcpu}`).toBeCpus(server.host.shared.intersection(ofHost));
      }
    }
  }
  expect(cpus).toAgreeEverywhere();
  expect(memory).toAgreeEverywhere();
  return memory;
}

/** CPUs of the host cell that has the memory of a guest cell. */
async function cpusOf({ host }: TestServer, { nodes }: CellMemory) {
  const [node] = nodes;
  const cpus = (await host.numaCells()).get(node ?? -1);
  if (cpus === undefined) throw new Error(`${host.name} has no NUMA cell ${nodes.toString() || 'none'}`);
  return cpus;
}
