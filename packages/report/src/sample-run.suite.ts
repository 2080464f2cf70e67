import type { ReportActivity, ReportCase, ReportLook, ReportRun } from './model.js';
import type { GuestPicture, HostPicture, ThreadPicture } from './pictures/model.js';

// A run as it could be, of any size: for tests and for looking at.

const suite = '@whitebox/nova-nfv-suite';

const sentences: readonly (readonly [subject: string, ...names: string[]])[] = [
  [
    'cpu-policy',
    'two guests with dedicated CPUs share none of them',
    'a guest with dedicated CPUs lies within cpu_dedicated_set',
    'a resize from dedicated to shared CPUs gives the dedicated ones back',
    'a hard reboot keeps the dedicated CPUs of a guest',
  ],
  [
    'live-migration',
    'a live migration keeps dedicated CPUs dedicated',
    'a live migration gives a guest dedicated CPUs and emulator threads of its new host',
    'a guest whose live migration is aborted stays as it is, and nothing is kept for it elsewhere',
  ],
  [
    'emulator-threads',
    'isolated emulator threads have a CPU of their own',
    'shared emulator threads lie within cpu_shared_set',
  ],
  ['hugepages', 'a guest with pages of 2 MiB has all of its memory in them, on the cell of its CPUs'],
  ['sriov', 'a guest with a virtual function has it in its XML, in the database and in QEMU'],
  ['vtpm', 'a guest with a TPM keeps its state over a hard reboot', 'a TPM goes with a cold migration'],
  ['watchdog', 'the action of the watchdog is that of the image'],
];

/** A host of 16 CPUs in two sockets of one cell each, with two threads per core. */
export function sampleHost(name: string, guests: readonly GuestPicture[] = []): HostPicture {
  return {
    name,
    cells: [0, 1].map((cell) => ({
      id: cell,
      socket: cell,
      cores: [0, 1, 2, 3].map((core) => `${cell * 4 + core},${cell * 4 + core + 8}`),
      pages: [{ sizeKib: 2048, total: 256, free: 256 - 64 * (cell === 0 ? guests.length : 0) }],
    })),
    dedicated: '0-1,4-5,8-9,12-13',
    shared: '2-3,10-11',
    guests,
  };
}

export function samplePins(pins: readonly number[], emulator: string): ThreadPicture[] {
  const everywhere = (cpus: string): Omit<ThreadPicture, 'role' | 'index'> => ({
    xml: cpus,
    inactive: cpus,
    kernel: cpus,
  });
  return [
    ...pins.map((cpu, index): ThreadPicture => ({
      role: 'vcpu',
      index,
      ...everywhere(String(cpu)),
      database: String(cpu),
    })),
    { role: 'emulator', index: 0, ...everywhere(emulator) },
  ];
}

export function sampleGuest(name: string, threads: readonly ThreadPicture[]): GuestPicture {
  return {
    uuid: `uuid-of-${name}`,
    name,
    state: 'active, running',
    threads,
    memory: [{ cell: 0, pageSizeKib: 2048, pages: 64 }],
  };
}

function migration(wrong: boolean): ReportLook[] {
  const first = sampleGuest('wb-1', samplePins([0, 8], '2-3'));
  const second = sampleGuest('wb-2', samplePins([1, 9], '2-3'));
  const moved = samplePins(wrong ? [0, 8] : [4, 12], '2-3,10-11');
  const broken = moved.map((thread) =>
    wrong && thread.role === 'vcpu' && thread.index === 1
      ? { ...thread, xml: '2-3', inactive: '8', kernel: '2-3' }
      : thread,
  );
  const floating = sampleGuest('wb-3', [
    { role: 'vcpu', index: 0, xml: '2-3,10-11', inactive: '2-3,10-11', kernel: '2-3,10-11' },
    { role: 'emulator', index: 0, xml: '2-3,10-11', inactive: '2-3,10-11', kernel: '2-3,10-11' },
  ]);
  return [
    { step: 0, hosts: [sampleHost('compute1', [first]), sampleHost('controller')] },
    { step: 1, hosts: [sampleHost('compute1', [first, second]), sampleHost('controller', [floating])] },
    {
      step: 2,
      hosts: [
        sampleHost('compute1', [second]),
        sampleHost('controller', [floating, { ...first, threads: broken }]),
      ],
    },
  ];
}

const activities: readonly ReportActivity[] = [
  {
    kind: 'request',
    step: 0,
    atMs: 2,
    ms: 210,
    where: 'compute',
    what: 'POST /v2.1/servers',
    outcome: '202',
    failed: false,
    requestId: 'req-4b5d6a2e-8a2b-4a53-9d13-3a3d2f1c0b11',
    times: 1,
  },
  {
    kind: 'request',
    step: 0,
    atMs: 240,
    ms: 760,
    where: 'compute',
    what: 'GET /v2.1/servers/9e7abdec-d832-4e0c-9877-f64168ec5a01',
    outcome: '200',
    failed: false,
    requestId: 'req-8d1f6b7a-0f6d-4a0e-8f59-62d8a2d5a7c3',
    times: 12,
  },
  {
    kind: 'sql',
    step: 0,
    atMs: 2300,
    ms: 4,
    where: 'nova_cell1 at 127.0.0.1:3306',
    what: 'SELECT numa_topology, migration_context FROM instance_extra WHERE instance_uuid = ? AND deleted = 0',
    outcome: '1 row',
    failed: false,
    times: 2,
  },
  {
    kind: 'command',
    step: 2,
    atMs: 6100,
    ms: 61,
    where: 'root@controller',
    what: 'virsh --connect qemu:///system vcpupin instance-0000002a',
    outcome: 'exit 0',
    failed: false,
    times: 1,
    output: ' VCPU   CPU Affinity\n----------------------\n 0      0\n 1      2-3\n',
  },
  {
    kind: 'command',
    step: 2,
    atMs: 6900,
    ms: 12,
    where: 'root@compute1',
    what: 'virsh --connect qemu:///system dumpxml instance-0000002a',
    outcome: 'exit 1: error: failed to get domain instance-0000002a',
    failed: true,
    times: 1,
  },
];

const xml = (cpu: string): string =>
  `<domain type='kvm'>\n  <name>instance-0000002a</name>\n  <memory unit='KiB'>131072</memory>\n  <vcpu placement='static'>2</vcpu>\n  <cputune>\n    <shares>2048</shares>\n    <vcpupin vcpu='0' cpuset='0'/>\n    <vcpupin vcpu='1' cpuset='${cpu}'/>\n    <emulatorpin cpuset='2-3'/>\n  </cputune>\n  <os>\n    <type arch='x86_64'>hvm</type>\n  </os>\n</domain>`;

function sampleCase(index: number, startedAt: number, change: Partial<ReportCase> = {}): ReportCase {
  const all = sentences.flatMap(([subject, ...names]) => names.map((name) => ({ subject, name })));
  const chosen = all[index % all.length] ?? { subject: 'subject', name: 'name' };
  const again = Math.floor(index / all.length);
  const name = again === 0 ? chosen.name : `${chosen.name}, with ${again + 1} guests`;
  return {
    suite,
    id: `${suite}/${chosen.subject} > ${name}`,
    name,
    verdict: 'passed',
    started: new Date(startedAt).toISOString(),
    durationMs: 4000 + ((index * 7919) % 17_000),
    failures: [],
    evidence: [],
    invariants: [],
    steps: [
      { atMs: 2, text: 'boot wb-1 (2 vCPUs, hw:cpu_policy=dedicated)', kind: 'boot' },
      { atMs: 2310, text: 'boot wb-2 (2 vCPUs, hw:cpu_policy=dedicated)', kind: 'boot' },
      index % 6 === 2
        ? { atMs: 4800, text: 'set [compute] cpu_shared_set = 2-3 on all computes', kind: 'configure' }
        : { atMs: 4800, text: 'live migrate wb-1 to controller', kind: 'live-migrate' },
    ],
    recording: {
      activities,
      dropped: 0,
      looks: migration(change.verdict === 'failed'),
      documents: [
        {
          title: 'instance-0000002a: domain XML',
          versions: [
            { step: 0, text: xml('8') },
            { step: 2, text: xml('2-3') },
          ],
        },
      ],
      logs: [],
    },
    ...change,
  };
}

const failed: Partial<ReportCase> = {
  verdict: 'failed',
  failures: [
    {
      message:
        'CPUs 0,2-3, expected only some of 0-1,4-5,8-9,12-13: outside are 2-3\n  wb-1 on controller, cpu_dedicated_set = 0-1,4-5,8-9,12-13 in /etc/nova/nova.conf:214',
      stack:
        'AssertionError: CPUs 0,2-3, expected only some of 0-1\n    at dist/cases/live-migration.js:41:28\n    at runCase (run-case.js:77:11)',
      at: 'src/cases/live-migration.ts:58',
      code: 'expect(after.pinned).toLieWithin(server.host.dedicated);',
    },
  ],
  evidence: [
    'wb-1 on controller, when it was looked at last:\n          domain XML  inactive XML  database  kernel\nvCPU 0    0           0             0         0\nvCPU 1    2-3         8             8         2-3\nemulator  2-3,10-11   2-3,10-11     -         2-3,10-11\n  - vcpupin 1: domain XML 2-3, inactive XML 8\n  - vCPU 1: domain XML 2-3, database 8',
  ],
  invariants: [
    {
      id: 'I6',
      text: 'I6 wb-1 on controller: vCPU 1: expected CPU 8 (database), found 2-3 (domain XML)',
      step: 'live migrate wb-1 to controller',
    },
  ],
};

const skipped: Partial<ReportCase> = {
  verdict: 'skipped',
  durationMs: 0,
  reason: 'needs a host with SR-IOV; found none on controller, compute1 (no sriov_totalvfs in /sys/bus/pci)',
  steps: [],
  recording: undefined,
};

/** @param size number of cases; of several, each seventh is skipped and some have failed */
export function sampleRun(size: number, change: Partial<ReportRun> = {}): ReportRun {
  const started = Date.parse('2026-11-22T18:15:00Z');
  let clock = started + 4200;
  const cases = Array.from({ length: size }, (_, index) => {
    const kind = index % 7 === 5 ? skipped : size === 1 || index % 11 === 4 ? failed : {};
    const one = sampleCase(index, clock, kind);
    clock += one.durationMs + 120;
    if (one.verdict !== 'failed' || one.recording === undefined) return one;
    const lines = [
      '2026-11-22 18:15:31.204 1342 INFO nova.compute.manager [None req-4b5d6a2e] Took 1.42 seconds to build instance.',
      '2026-11-22 18:15:36.910 1342 WARNING nova.virt.libvirt.driver [None req-51c2e0aa] Guest has no CPU 8 on this host.',
      '2026-11-22 18:15:37.002 1342 ERROR nova.virt.libvirt.migration [None req-51c2e0aa] Could not update numa config.',
    ];
    return {
      ...one,
      recording: { ...one.recording, logs: [{ title: 'nova-compute on controller', lines, dropped: 12 }] },
    };
  });
  const of = (verdict: ReportCase['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return {
    started: new Date(started).toISOString(),
    durationMs: clock - started + 900,
    suites: [{ name: suite, version: '0.1.0' }],
    counts: { passed: of('passed'), failed: of('failed'), skipped: of('skipped') },
    interrupted: false,
    facts: [
      'Nova: Zed (26.2.2); its databases as nova, from [api_database] connection of nova-conductor on controller',
      'controller: distribution packages; dedicated CPUs 0-1,4-5,8-9,12-13, shared CPUs 2-3,10-11',
      'compute1: distribution packages; dedicated CPUs 0-1,4-5,8-9,12-13, shared CPUs 2-3,10-11',
    ],
    warnings: [],
    troubles: [],
    leftovers: [],
    cases,
    ...change,
  };
}

/** The same run with cases side by side: most claim CPUs, each ninth has the cloud alone. */
export function sideBySide(run: ReportRun, jobs = 4): ReportRun {
  const start = Date.parse(run.started);
  const free = Array.from({ length: jobs }, () => 4200);
  const cases = run.cases.map((one, index) => {
    if (one.verdict === 'skipped') return one;
    const alone = index % 9 === 8;
    const at = alone ? Math.max(...free) : Math.min(...free);
    const end = at + one.durationMs;
    if (alone) free.fill(end);
    else free[free.indexOf(at)] = end;
    const claim = alone ? null : { dedicatedCpus: (index * 2) % 8 };
    return { ...one, started: new Date(start + at).toISOString(), turn: { waitedMs: at - 4200, claim } };
  });
  return { ...run, durationMs: Math.max(...free) + 900, cases };
}
