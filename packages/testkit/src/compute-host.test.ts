import { CpuSet } from '@whitebox/core';
import { FakeHost } from '@whitebox/host/testing';
import { expect, it } from 'vitest';
import { describeCompute } from './open-computes.js';

const cell = (id: number, cpus: readonly number[]) =>
  `<cell id='${id}'><memory unit='KiB'>1024</memory><cpus num='${cpus.length}'>` +
  cpus.map((cpu) => `<cpu id='${cpu}' socket_id='${id}' core_id='0' siblings='${cpu}'/>`).join('') +
  '</cpus></cell>';

const capabilities =
  `<capabilities><host><cpu><arch>x86_64</arch></cpu><topology><cells num='2'>` +
  `${cell(0, [0, 1, 8, 9])}${cell(1, [2, 3, 10, 11])}</cells></topology></host></capabilities>`;

const sys = '/sys/devices/system';
const topology = [0, 1, 4, 5].flatMap((cpu) => [
  `${sys}/cpu/cpu${cpu}/topology/physical_package_id:0`,
  `${sys}/cpu/cpu${cpu}/topology/core_id:${cpu % 4}`,
  `${sys}/cpu/cpu${cpu}/topology/thread_siblings_list:${cpu % 4},${(cpu % 4) + 4}`,
]);

it('knows the cores of CPUs with all of their threads', async () => {
  const machine = new FakeHost({ name: 'compute-0' }).on(['sh', '-c'], (call) =>
    call.argv.join(' ').includes('topology')
      ? [
          `${sys}/cpu/online:0-1,4-5`,
          `${sys}/cpu/possible:0-1,4-5`,
          `${sys}/cpu/isolated:`,
          ...topology,
          '',
        ].join('\n')
      : '@units\nnova-compute.service enabled enabled\n@active\n@podman\n@docker\n@paths\n',
  );
  const compute = await describeCompute('compute-0', machine, undefined);
  const coresOf = async (...cpus: number[]) => (await compute.coresOf(CpuSet.of(...cpus))).map(String);
  expect(await coresOf(4)).toEqual(['0,4']);
  expect(await coresOf(5, 1, 0)).toEqual(['0,4', '1,5']);
  expect(await coresOf()).toEqual([]);
});

it('knows all CPUs of the NUMA cells in which some are', async () => {
  const machine = new FakeHost({ name: 'compute-0' })
    .on(['sh', '-c'], '@units\nnova-compute.service enabled enabled\n@active\n@podman\n@docker\n@paths\n')
    .on(['virsh'], capabilities);
  const compute = await describeCompute('compute-0', machine, undefined);
  const cellsOf = async (...cpus: number[]) => String(await compute.cellsOf(CpuSet.of(...cpus)));
  expect(await cellsOf(9)).toBe('0-1,8-9');
  expect(await cellsOf(2, 11)).toBe('2-3,10-11');
  expect(await cellsOf(0, 3)).toBe('0-3,8-11');
  expect(await cellsOf()).toBe('');
});
