import { expect, freeDedicated, isFor, type Cloud, type ComputeHost, type Need } from '@whitebox/testkit';
import { union } from './cpu-sets.js';

type CpuSet = ComputeHost['dedicated'];

/** Dedicated CPUs of a host by where they are, as seen from its SR-IOV card. */
export interface DeviceCells {
  readonly host: ComputeHost;
  /** In the cell of the card. */
  readonly beside: CpuSet;
  /** In all other cells. */
  readonly elsewhere: CpuSet;
  /** In the other cells of the card's socket; empty where there is none. */
  readonly sameSocket: CpuSet;
}

/** A host of which all free virtual functions are in one cell, and whose other cells have room for a guest of that size. */
export function devicesBesideOtherCells(where?: 'of the same socket'): Need {
  return {
    text: `1 compute with virtual functions in one NUMA cell and as many free dedicated CPUs in another one${where === undefined ? '' : ` ${where}`}`,
    hardware: 'SR-IOV NIC',
    missing: async (found) => {
      const [hosts, devices] = [await found.capacity(), await found.hostDevices()];
      const sockets = (await found.options.explain('whitebox-hardware', 'socket_topology')).value;
      const looked = hosts.map((host) => {
        const pools = devices.find(({ name }) => name === host.name)?.pools ?? [];
        const nodes = nodesOf(pools);
        const [node] = nodes;
        const others = where === undefined ? undefined : socketOf(sockets, node);
        const beside = host.cells.find(({ id }) => id === node)?.dedicated.size ?? 0;
        const room = freeDedicated({
          ...host,
          cells: host.cells.filter(({ id }) => id !== node && others?.includes(id) !== false),
        });
        return {
          fits: nodes.length === 1 && beside > 0 && room >= beside,
          text: `${host.name}: virtual functions in ${nodes.length === 0 ? 'no cell' : `cell ${nodes.join(' and ')}`}, ${beside} dedicated CPUs there, ${room} free in another`,
        };
      });
      if (looked.some(({ fits }) => fits)) return undefined;
      return { evidence: looked.map(({ text }) => text).join('; ') || 'no compute', transient: false };
    },
  };
}

/** The first host that has virtual functions of a physical network, all in one cell. */
export async function deviceCells(cloud: Cloud, physicalNetwork: string): Promise<DeviceCells> {
  const devices = await cloud.hostDevices();
  const found = devices
    .map(({ name, pools }) => ({
      name,
      nodes: nodesOf(pools.filter((pool) => pool.physicalNetwork === physicalNetwork)),
    }))
    .find(({ nodes }) => nodes.length === 1);
  const host = cloud.computes.find(({ name }) => name === found?.name);
  const [node] = found?.nodes ?? [];
  expect(host, `a compute with virtual functions of ${physicalNetwork} in one NUMA cell`).toBeDefined();
  if (host === undefined || node === undefined) throw new Error('unreachable');
  const cells = await host.numaCells();
  const sockets = await cloud.option('whitebox-hardware', 'socket_topology');
  const of = (ids: (id: number) => boolean): CpuSet =>
    union([...cells].filter(([id]) => ids(id)).map(([, cpus]) => cpus)).intersection(host.dedicated);
  const socket = socketOf(sockets, node) ?? [];
  return {
    host,
    beside: of((id) => id === node),
    elsewhere: of((id) => id !== node),
    get sameSocket() {
      return of((id) => id !== node && socket.includes(id));
    },
  };
}

function nodesOf(pools: readonly Parameters<typeof isFor>[0][]): readonly number[] {
  const nodes = pools
    .filter((pool) => isFor(pool, 'direct') && pool.count > 0)
    .map(({ numaNode }) => numaNode);
  return [...new Set(nodes.flatMap((node) => node ?? []))];
}

/** Nodes of the socket that a node is in. @param sockets socket -> its nodes */
function socketOf(sockets: unknown, node: number | undefined): readonly number[] | undefined {
  if (!(sockets instanceof Map) || node === undefined) return undefined;
  return [...(sockets as ReadonlyMap<string, readonly number[]>).values()].find((nodes) =>
    nodes.includes(node),
  );
}
