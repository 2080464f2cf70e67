import type { ComputeNodeRow } from '@whitebox/db';
import { after, ok, unknown, warning, wrong, type Check, type Finding } from '../check.js';

/** Of the guests of one case, with the defaults of the configuration. */
const memoryMib = 1024;
const diskGib = 2;

export const freeCapacity: Check = {
  code: 'WB_DOCTOR_CAPACITY',
  title: 'free capacity of the computes',
  look: async (site) => {
    const database = await after('the database', site.database());
    const nodes = await database.computeNodes();
    if (nodes.length === 0) return [unknown('Nova has no row of any compute')];
    return nodes.map(judgeNode);
  },
};

type Node = Pick<
  ComputeNodeRow,
  | 'host'
  | 'hypervisorHostname'
  | 'memoryMiB'
  | 'memoryUsedMiB'
  | 'localGiB'
  | 'localUsedGiB'
  | 'numaTopology'
  | 'runningVms'
>;

/** As its resource tracker counts; hugepages are no part of that, the needs of cases look at them. */
export function judgeNode(node: Node): Finding {
  const host = node.host ?? node.hypervisorHostname ?? 'a compute';
  const memory = node.memoryMiB - node.memoryUsedMiB;
  const disk = node.localGiB - node.localUsedGiB;
  const cells = (node.numaTopology?.cells ?? []).map(
    ({ id, pcpuset, pinnedCpus }) =>
      `${pcpuset.difference(pinnedCpus).size} of ${pcpuset.size} in cell ${id}`,
  );
  const total = (node.numaTopology?.cells ?? []).reduce((sum, { pcpuset }) => sum + pcpuset.size, 0);
  const free = (node.numaTopology?.cells ?? []).reduce(
    (sum, { pcpuset, pinnedCpus }) => sum + pcpuset.difference(pinnedCpus).size,
    0,
  );
  const text = `${memory} MiB memory, ${disk} GiB disk; dedicated CPUs free: ${total === 0 ? 'none' : cells.join(', ')}; ${node.runningVms ?? 0} guests`;
  if (memory < memoryMib || disk < diskGib) {
    return wrong(
      text,
      `A case boots guests that take up to ${memoryMib} MiB and ${diskGib} GiB: move servers away, or delete what is not needed.`,
      host,
    );
  }
  if (total > 0 && free === 0) {
    return warning(text, 'Cases with dedicated CPUs wait for some in vain: move pinned servers away.', host);
  }
  return ok(text, host);
}
