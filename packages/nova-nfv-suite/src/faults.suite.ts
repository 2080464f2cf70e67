import { CpuSet } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { readQemuThreads } from '@whitebox/kernel';
import { changeOptions, MemoryJournal } from '@whitebox/services';
import type { CloudSession, Step, StepKind, TestServer } from '@whitebox/testkit';

/** One way to break a cloud behind the back of its API, at one moment of one case, and what the case must then say. */
export interface Fault {
  /** Name of the case. */
  readonly testName: string;
  /** What is broken, for people. */
  readonly what: string;
  /** After (or, where `before` is set, before) the nth step of this kind, counted from 1. */
  readonly step: StepKind;
  readonly nth?: number;
  readonly before?: boolean;
  readonly break: (step: Step, session: CloudSession) => Promise<void>;
  /** What the failure of the case must match: the case must fail for this reason and no other. */
  readonly expects: RegExp;
}

const first = (cpus: CpuSet): number => {
  const [cpu] = cpus;
  if (cpu === undefined) throw new Error('There is no CPU to break anything with.');
  return cpu;
};

function serverOf(step: Step): TestServer {
  if (step.server === undefined) throw new Error(`The step "${step.text}" is about no server.`);
  return step.server;
}

/** libvirt and kernel: a vCPU is moved. */
function moveVcpu(vcpu: number, to: (server: TestServer) => CpuSet, config = false): Fault['break'] {
  return async (step) => {
    const server = serverOf(step);
    await server.host.virsh.vcpuPin(server.domain, vcpu, CpuSet.of(first(to(server))), { config });
  };
}

/** libvirt and kernel: two vCPUs have each other's CPUs; as a set these are what they were. */
function swapVcpus(one: number, other: number): Fault['break'] {
  return async (step) => {
    const server = serverOf(step);
    const { host, domain } = server;
    const cpus = await server.cpus();
    await host.virsh.vcpuPin(domain, one, cpus.vcpu(other));
    await host.virsh.vcpuPin(domain, other, cpus.vcpu(one));
  };
}

/** libvirt and kernel: the emulator's threads are moved. */
function moveEmulator(to: (server: TestServer) => CpuSet): Fault['break'] {
  return async (step) => {
    const server = serverOf(step);
    await server.host.virsh.emulatorPin(server.domain, CpuSet.of(first(to(server))));
  };
}

/** The definition from which the next reboot starts, and nothing else. */
function changeInactiveXml(vcpu: number, to: (server: TestServer) => CpuSet): Fault['break'] {
  return async (step, session) => {
    const edit = editInactiveXml(
      `(<vcpupin vcpu=.${vcpu}. cpuset=.)[^'"]*`,
      String(first(to(serverOf(step)))),
    );
    await edit(step, session);
  };
}

/** @param pattern of Python, with one group that stays; what follows it in the match is replaced */
function editInactiveXml(pattern: string, value: string): Fault['break'] {
  return async (step) => {
    const { host, domain } = serverOf(step);
    const script = [
      'import sys, re, subprocess',
      'xml = subprocess.check_output(["virsh", "dumpxml", "--inactive", "--security-info", sys.argv[1]], text=True)',
      'changed, times = re.subn(sys.argv[2], r"\\g<1>" + sys.argv[3], xml)',
      'assert times == 1',
      'subprocess.run(["virsh", "define", "/dev/stdin"], input=changed, text=True, check=True)',
    ].join('\n');
    await run(host.machine, ['python3', '-c', script, domain, pattern, value]);
  };
}

/** Kernel: one page less in a pool of the host, until the case ends. */
function takeHugepage(sizeKib: number): Fault['break'] {
  return async (step) => {
    const { machine } = serverOf(step).host;
    const file = `/sys/devices/system/node/node0/hugepages/hugepages-${sizeKib}kB/nr_hugepages`;
    const total = Number((await run(machine, ['cat', file])).stdout);
    const write = (pages: number) => run(machine, ['tee', file], { stdin: `${pages}\n` });
    step.atEnd('give the hugepage back', async () => {
      await write(total);
    });
    await write(total - 1);
  };
}

/** Kernel alone: libvirt and Nova still believe in the old affinity. */
function moveThread(vcpu: number, to: (server: TestServer) => CpuSet | Promise<CpuSet>): Fault['break'] {
  return async (step) => {
    const { host, domain } = serverOf(step);
    const cpu = first(await to(serverOf(step)));
    const { vcpus } = await readQemuThreads(host.machine, { domain });
    const thread = vcpus.get(vcpu);
    if (thread === undefined) throw new Error(`${domain} has no thread for vCPU ${vcpu}`);
    await run(host.machine, ['taskset', '-pc', String(cpu), String(thread.tid)]);
  };
}

/**
 * The database alone, with an account that may write. Put back before the server is deleted: Nova cannot give back CPUs
 * that it does not know, and would leave the server in ERROR.
 */
function editTopology(expression: string): Fault['break'] {
  return async (step, session) => {
    const { id } = serverOf(step);
    const { name } = await session.database.cellOf(id);
    if (name === null) throw new Error('The cell has no name.');
    const control = await controlMachine(session);
    const mysql = async (sql: string): Promise<string> => {
      const argv = ['mysql', '--batch', '--skip-column-names', `nova_${name}`];
      return (await run(control, argv, { stdin: sql })).stdout.trim();
    };
    const where = `instance_uuid = ${quoted(id)}`;
    const original = await mysql(`SELECT HEX(numa_topology) FROM instance_extra WHERE ${where};`);
    step.atEnd('put the row of the database back', async () => {
      await mysql(
        `UPDATE instance_extra SET numa_topology = CONVERT(X'${original}' USING utf8) WHERE ${where};`,
      );
    });
    const changed = await mysql(
      `UPDATE instance_extra SET numa_topology = ${expression} WHERE ${where}; SELECT ROW_COUNT();`,
    );
    if (changed !== '1') throw new Error(`The change of the database concerned ${changed} rows.`);
  };
}

/** The machine of the lab that has the database server, and root's access to it. */
async function controlMachine(session: CloudSession): Promise<Host> {
  for (const { machine } of session.computes) {
    if ((await machine.exec(['mysqladmin', 'ping'])).exitCode === 0) return machine;
  }
  throw new Error('No machine of the lab has a database server.');
}

function quoted(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${id} is no UUID`);
  return `'${id}'`;
}

const cellPath = '$."nova_object.data".cells[0]."nova_object.data"';

const sharedOf = (server: TestServer): CpuSet => server.host.shared;
const dedicatedOf = (server: TestServer): CpuSet => server.host.dedicated;

/** An option: every host gets one dedicated CPU more than the case has counted. */
async function extendDedicatedSets(step: Step, session: CloudSession): Promise<void> {
  if (!step.text.includes('must fail')) return;
  const change = await changeOptions(
    session.computes.map(({ name, novaCompute, dedicated, shared }) => ({
      service: novaCompute,
      ready: session.serves(name),
      changes: [
        {
          section: 'compute',
          option: 'cpu_dedicated_set',
          value: dedicated.union(CpuSet.of(first(shared))).toString(),
        },
        {
          section: 'compute',
          option: 'cpu_shared_set',
          value: shared.difference(CpuSet.of(first(shared))).toString() || null,
        },
      ],
    })),
    { journal: new MemoryJournal() },
  );
  step.atEnd('give back the dedicated sets', () => change.giveBack());
}

/** One for each case. Together they break every layer: live and inactive XML, database, kernel, configuration. */
export const faults: readonly Fault[] = [
  {
    testName: 'a guest with shared CPUs floats over the shared set of its host and is pinned nowhere',
    what: 'a vCPU is pinned',
    step: 'boot',
    break: moveVcpu(0, sharedOf),
    expects: /expected \[ \+?0 \] to deeply equal \[\]/,
  },
  {
    testName: 'two guests with dedicated CPUs on one host share none',
    what: 'a vCPU of the second guest runs on the CPU of the first',
    step: 'boot',
    nth: 2,
    break: moveVcpu(0, dedicatedOf),
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
  {
    testName: 'a resize from dedicated to shared CPUs gives the dedicated ones back',
    what: 'the kernel holds a vCPU on one CPU',
    step: 'resize',
    break: moveThread(0, dedicatedOf),
    expects: /vCPU 0: domain XML [\d,-]+, kernel \d+/,
  },
  {
    testName: 'a resize from shared to dedicated CPUs pins the guest',
    what: 'the database has another CPU',
    step: 'resize',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpu_pinning_raw."0"', 99)`),
    expects: /vCPU 0: domain XML \d+, database 99/,
  },
  {
    testName: 'a hard reboot keeps the dedicated CPUs of a guest',
    what: 'the reboot moves a vCPU onto a shared CPU',
    step: 'hard-reboot',
    break: moveVcpu(0, sharedOf),
    expects: /CPUs [\d,-]+, expected [\d,-]+/,
  },
  {
    testName: 'emulator threads with policy share run on the shared set of the host',
    what: 'the emulator runs on a dedicated CPU',
    step: 'boot',
    break: moveEmulator(dedicatedOf),
    expects: /CPUs \d+, expected [\d,-]+/,
  },
  {
    testName:
      'emulator threads with policy share stay on the dedicated CPUs of their guest where no shared set is configured',
    what: 'the emulator of the second guest runs on the CPU of the first',
    step: 'boot',
    nth: 2,
    break: async (step) => {
      const server = serverOf(step);
      const { pinned } = await server.cpus();
      await server.host.virsh.emulatorPin(
        server.domain,
        CpuSet.of(first(server.host.dedicated.difference(pinned))),
      );
    },
    expects: /CPUs \d+, expected \d+/,
  },
  {
    testName: 'emulator threads with policy isolate get a dedicated CPU of their own',
    what: 'the database reserves another CPU for them',
    step: 'boot',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.cpuset_reserved', JSON_ARRAY(99))`),
    expects: /CPUs \d+, expected 99/,
  },
  {
    testName:
      'a guest with policy isolate does not start where no dedicated CPU is left for its emulator threads',
    what: 'an option gives every host a dedicated CPU more',
    step: 'boot',
    before: true,
    break: extendDedicatedSets,
    expects: /which must fail: it became ACTIVE/,
  },
  {
    testName: 'a live migration gives a guest dedicated CPUs and emulator threads of its new host',
    what: 'the migrated guest runs on the CPU of the one that was there',
    step: 'live-migrate',
    break: async (step) => {
      const server = serverOf(step);
      const { pinned } = await server.cpus();
      await server.host.virsh.vcpuPin(
        server.domain,
        0,
        CpuSet.of(first(server.host.dedicated.difference(pinned))),
      );
    },
    expects: /vCPU 0: domain XML \d+, database \d+/,
  },
  {
    testName: 'guests with dedicated and shared CPUs live migrate to a host that has both kinds',
    what: 'the kernel runs the dedicated vCPU on a shared CPU',
    step: 'live-migrate',
    nth: 2,
    break: moveThread(0, sharedOf),
    expects: /vCPU 0: domain XML \d+, kernel \d+/,
  },
  {
    testName: 'a soft reboot after a live migration keeps the dedicated CPUs of the new host',
    what: 'the next reboot would start from another pin (lp#1890501)',
    step: 'live-migrate',
    break: changeInactiveXml(0, sharedOf),
    expects: /vcpupin 0: domain XML \d+, inactive XML \d+/,
  },
  {
    testName: 'a guest with thread policy prefer gets both threads of a core on a host with SMT',
    what: 'the kernel runs a vCPU on another core',
    step: 'boot',
    break: moveThread(1, sharedOf),
    expects: /vCPU 1: domain XML \d+, kernel \d+/,
  },
  {
    testName:
      'a guest with thread policy require goes to a host with SMT and gets whole cores, two vCPUs on each',
    what: 'two vCPUs change places across cores, in libvirt and the kernel',
    step: 'boot',
    break: swapVcpus(1, 2),
    expects: /cores of vCPU 0 and 1: expected .* to have a length of 1 but got 2/,
  },
  {
    testName: 'a guest with thread policy isolate goes to a host without SMT and has cores to itself',
    what: 'a vCPU runs on the core of the other',
    step: 'boot',
    break: async (step) => {
      const server = serverOf(step);
      const [core = CpuSet.empty] = await server.host.coresOf((await server.cpus()).vcpu(0));
      await server.host.virsh.vcpuPin(server.domain, 1, CpuSet.of(core.ids.at(-1) ?? first(core)));
    },
    expects: /cores of two isolated vCPUs: expected .* to have a length of 2 but got 1/,
  },
  {
    testName:
      'a guest with mixed CPUs over two equal cells has floating and dedicated vCPUs in each host cell',
    what: 'the kernel lets a floating vCPU run in the host cell of the other guest cell',
    step: 'boot',
    break: moveThread(2, async (server) => (await server.cpus()).vcpu(0)),
    expects: /vCPU 2: domain XML [\d,-]+, kernel \d+/,
  },
  {
    testName:
      'a guest with mixed CPUs over two unequal cells has each vCPU and its memory in the host cell of its own cell',
    what: 'the next reboot would take the memory of cell 1 from another host cell',
    step: 'boot',
    break: editInactiveXml(/(<memnode cellid=.1. mode=.strict. nodeset=.)\d+/.source, '99'),
    expects: /memory of cell 1: domain XML .* on \d, inactive XML .* on 99/,
  },
  {
    testName:
      'a live migration there and back takes hugepages of the new host for both cells of a guest, and gives the old ones back',
    what: 'the database has another page size after the migration',
    step: 'live-migrate',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.pagesize', 4)`),
    expects: /memory of cell 0: domain XML 65536 KiB in 2048 on \d, database 65536 KiB in 4 on \d/,
  },
  {
    testName:
      'a resize moves a guest from ordinary pages to hugepages, to larger ones and back, and each host counts them',
    what: 'a host loses a hugepage that no guest has',
    step: 'resize',
    break: takeHugepage(2048),
    expects: /free hugepages: \w+, 2048 KiB, cell 0: \d+, expected \d+/,
  },
  {
    testName: 'an in-place rebuild leaves host and dedicated CPUs as they were',
    what: 'the database has other memory for the guest',
    step: 'rebuild',
    break: editTopology(`JSON_SET(numa_topology, '${cellPath}.memory', 99)`),
    expects: /to deeply equal/,
  },
  {
    testName:
      'a guest with mixed CPUs has its first vCPU on the shared set and its second on a dedicated CPU',
    what: 'the floating vCPU runs on a dedicated CPU (lp#1994526)',
    step: 'boot',
    break: moveVcpu(0, dedicatedOf),
    expects: /CPUs \d+, expected [\d,-]+/,
  },
];
