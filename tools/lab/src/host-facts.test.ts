import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { probeFile, type HostFacts } from './host-facts.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-facts-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

const facts = () => JSON.parse(execFileSync('python3', [probeFile, root], { encoding: 'utf8' })) as HostFacts;

const node = 'sys/devices/system/node/node1';
const cpu = (id: number) => `sys/devices/system/cpu/cpu${id}/topology`;

/** One cell of three CPUs: 2 and 10 are threads of one core, 3 is offline. */
const kernel = {
  'sys/devices/system/cpu/online': '2,10\n',
  'sys/devices/system/cpu/offline': '3\n',
  [`${node}/meminfo`]: 'Node 1 MemTotal:        8388608 kB\nNode 1 MemFree:         1048576 kB\n',
  [`${node}/hugepages/hugepages-1048576kB/nr_hugepages`]: '4\n',
  [`${node}/hugepages/hugepages-1048576kB/free_hugepages`]: '3\n',
  [`${node}/hugepages/hugepages-2048kB/nr_hugepages`]: '512\n',
  [`${node}/hugepages/hugepages-2048kB/free_hugepages`]: '0\n',
  ...Object.fromEntries([2, 3, 10].map((id) => [`${node}/cpu${id}/online`, ''])),
  ...Object.fromEntries(
    [2, 10].flatMap((id) => [
      [`${cpu(id)}/thread_siblings_list`, '2,10\n'],
      [`${cpu(id)}/physical_package_id`, '1\n'],
    ]),
  ),
};

it('a host tells its cells, cores, memory and hugepages', async () => {
  await write(kernel);
  expect(facts()).toEqual({
    online: '2,10',
    offline: '3',
    cells: [
      {
        id: 1,
        socket: 1,
        memoryMib: 8192,
        freeMib: 1024,
        hugepages: [
          { sizeKib: 2048, total: 512, free: 0 },
          { sizeKib: 1_048_576, total: 4, free: 3 },
        ],
        cores: [[2, 10], [3]],
      },
    ],
    guests: [],
  });
});

it('a host tells of each guest where the kernel lets its threads run', async () => {
  const thread = (tid: number, comm: string, allowed: string, lastOn: number) => ({
    [`proc/70/task/${tid}/comm`]: `${comm}\n`,
    [`proc/70/task/${tid}/status`]: `Name:\t${comm}\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\n`,
    [`proc/70/task/${tid}/stat`]: `${tid} (${comm}) S ${'0 '.repeat(35)}${lastOn} 0 0\n`,
  });
  await write({
    ...kernel,
    ...thread(70, 'qemu-system-x86', '2-3', 2),
    ...thread(71, 'IO iothread1', '3', 3),
    ...thread(72, 'CPU 0/TCG', '10', 10),
    ...thread(73, 'vnc_worker', '2-3', 2),
    'run/libvirt/qemu/instance-00000001.xml':
      "<domstatus state='running' pid='70'><domain><name>instance-00000001</name><uuid>u-1</uuid><metadata>" +
      "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>web</nova:name>" +
      '</nova:instance></metadata></domain></domstatus>',
    // Ended, but libvirt has not tidied up yet.
    'run/libvirt/qemu/instance-00000002.xml':
      "<domstatus state='running' pid='99'><domain><name>gone</name><uuid>u-2</uuid></domain></domstatus>",
  });
  expect(facts().guests).toEqual([
    {
      domain: 'instance-00000001',
      id: 'u-1',
      name: 'web',
      pid: 70,
      vcpus: [{ id: 0, allowed: '10', lastOn: 10 }],
      ioThreads: [{ id: 1, allowed: '3', lastOn: 3 }],
      emulator: { allowed: '2-3', lastOn: 2 },
    },
  ]);
});
