import type { CpuSet } from '@whitebox/core';
import { run } from '@whitebox/host';
import type { Undo } from '../../broken-lab.suite.js';
import { edit, freeCpu, inObject, together, type LabBreak, type Scene } from './lab-break.suite.js';

/** The CPUs of a host, and who may have which. */
export const hostCpuBreaks: readonly LabBreak[] = [
  {
    what: 'rows ask for whole cores where a guest has CPUs of different ones',
    finds: ['I12'],
    says: /\(require\): expected thread siblings, found \d+.*, of which .* alone on its core/,
    do: (scene) => {
      const where = `instance_uuid = '${scene.pinned.id}'`;
      const policy = ['cells', '[0]', 'cpu_thread_policy'];
      const set = (column: string, ...path: readonly string[]): string =>
        `JSON_SET(${column}, '${inObject(...path, ...policy)}', 'require')`;
      return together([
        () => edit(scene, scene.cell, 'instance_extra', 'numa_topology', where, set('numa_topology')),
        () => edit(scene, 'nova_api', 'request_specs', 'spec', where, set('spec', 'numa_topology')),
      ]);
    },
  },
  {
    what: 'a shared CPU was switched off',
    finds: ['I17', 'I18'],
    // What Nova wrote of it before.
    also: ['I24'],
    says: /I17 \w+: CPUs in use: expected online, found \d+ offline/,
    do: ({ host }) => switchOff(host, host.shared.difference([0])),
  },
  {
    what: 'a dedicated CPU that is no guest’s was switched off',
    finds: ['I18'],
    also: ['I24'],
    says: /I18 \w+: cpu_dedicated_set: expected within .*, found \d+/,
    do: async (scene) => switchOff(scene.host, await freeCpu(scene)),
  },
];

async function switchOff({ machine }: Scene['host'], cpus: CpuSet): Promise<Undo> {
  const file = `/sys/devices/system/cpu/cpu${cpus.ids[0] ?? 0}/online`;
  const write = async (stdin: string): Promise<void> => {
    await run(machine, ['tee', file], { stdin });
  };
  await write('0');
  return () => write('1');
}
