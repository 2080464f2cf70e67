import type { HostTopology } from './host-topology.js';

/** For tests: cells, cores, threads and pages all differ in number. */
export const twoSockets: HostTopology = {
  sockets: 2,
  cellsPerSocket: 2,
  coresPerCell: 3,
  threadsPerCore: 2,
  memoryMiBPerCell: 8192,
  distances: { sameSocket: 12, otherSocket: 32 },
  hugepages: [
    { sizeKiB: 2048, perCell: 512 },
    { sizeKiB: 1048576, perCell: 2 },
  ],
};
