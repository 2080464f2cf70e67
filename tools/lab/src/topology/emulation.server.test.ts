import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesDirectory, topologyDirectory } from '../files.js';
import type { HostTopology } from './host-topology.js';
import { topologyFiles } from './topology-files.js';

// The emulator, compiled here and run in namespaces of this machine: what a process asks for and what it, and others, are
// told must agree.

const topology: HostTopology = {
  sockets: 2,
  cellsPerSocket: 1,
  coresPerCell: 4,
  threadsPerCore: 2,
  memoryMiBPerCell: 8192,
  distances: { sameSocket: 12, otherSocket: 21 },
  hugepages: [
    { sizeKiB: 2048, perCell: 64 },
    { sizeKiB: 1048576, perCell: 4 },
  ],
};
const pages = '/sys/devices/system/node/node$n/hugepages/hugepages-2048kB';
const run = promisify(execFile);
let folder = '';

/** Why it cannot run here; the name of the tests tells. */
function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'root is needed';
  for (const program of ['gcc', 'unshare', 'systemd-tmpfiles', 'taskset', 'chrt']) {
    const found = (process.env['PATH'] ?? '').split(':').some((path) => existsSync(join(path, program)));
    if (!found) return `${program} is needed`;
  }
  return process.arch === 'x64' ? undefined : 'x86-64 is needed';
}

const reason = obstacle();
const there = reason === undefined ? '' : ` (${reason})`;

async function compile(
  output: string,
  sources: readonly string[],
  extra: readonly string[] = [],
): Promise<void> {
  const flags = `@${join(topologyDirectory, 'src', 'compiler-flags')}`;
  await run('gcc', [flags, ...extra, '-o', output, ...sources]);
}

beforeAll(async () => {
  if (reason !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'whitebox-topology-'));
  const source = join(topologyDirectory, 'src');
  const names = (await readdir(source)).filter((name) => name.endsWith('.c'));
  const probe = join(topologyDirectory, 'test', 'probe.c');
  await compile(
    join(folder, 'lab-topology'),
    names.map((name) => join(source, name)),
  );
  await compile(join(folder, 'probe'), [probe], ['-pthread']);
  await compile(join(folder, 'static-probe'), [probe], ['-pthread', '-static']);
  await mkdir(join(folder, 'configuration'));
  for (const file of topologyFiles(topology)) {
    // Not /dev, which is the machine's.
    const content = file.content.replaceAll('/dev/hugepages', '/run/hugepages');
    await writeFile(join(folder, 'configuration', basename(file.path)), content);
  }
});

afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true });
});

/** Runs a script of bash in the emulated machine; the lines that it prints on both of its outputs. */
async function emulated(script: string): Promise<string[]> {
  const mount = join(filesDirectory, 'root', 'usr', 'local', 'sbin', 'lab-topology-mount');
  const argv = [
    ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['bash', join(topologyDirectory, 'test', 'in-namespace.sh'), join(folder, 'configuration')],
    ...[join(folder, 'lab-topology'), mount, `exec 2>&1; PATH=${folder}:$PATH; ${script}; true`],
  ];
  // Ends everything in the namespaces, whatever it waits for.
  const { stdout } = await run('unshare', argv, { timeout: 100_000, killSignal: 'SIGKILL' });
  return stdout.trimEnd().split('\n');
}

/** Hugepages of 2 MiB that are free in each cell. */
const showFree = `echo free $(for n in 0 1; do cat ${pages}/free_hugepages; done)`;

describe.skipIf(reason !== undefined)(`an emulated machine${there}`, () => {
  describe('its processors', () => {
    it('are counted alike by everybody', async () => {
      expect(
        await emulated(
          'nproc; getconf _NPROCESSORS_ONLN; grep -c ^processor /proc/cpuinfo; grep -c "^cpu[0-9]" /proc/stat; ' +
            'lscpu -p=cpu | grep -vc "#"; cat /sys/devices/system/cpu/online; taskset -pc $$ | cut -d: -f2',
        ),
      ).toEqual(['16', '16', '16', '16', '16', '0-15', ' 0-15']);
    });

    it('are in the same cores, sockets and cells for lscpu and in /proc/cpuinfo', async () => {
      const lines = await emulated(
        'lscpu -p=cpu,core,socket,node | grep -v "#"; echo; ' +
          'awk -F": " \'/^processor/ { cpu = $2 } /^physical id/ { socket = $2 } /^core id/ { print cpu, socket, $2 }\' /proc/cpuinfo',
      );
      const lscpu = lines.slice(0, 16).map((line) => line.split(',').map(Number));
      const cpuinfo = lines.slice(17).map((line) => line.split(' ').map(Number));
      expect(lscpu.map(([, , socket, node]) => [socket, node])).toEqual(
        [...Array(16).keys()].map((cpu) => (cpu % 8 < 4 ? [0, 0] : [1, 1])),
      );
      expect(cpuinfo).toEqual([...Array(16).keys()].map((cpu) => [cpu, cpu % 8 < 4 ? 0 : 1, cpu % 4]));
    });

    it('are seen by a static binary too', async () => {
      expect(await emulated('static-probe pin:12 affinity')).toEqual(['pin ok', 'affinity 12']);
    });

    it('come with memory of their own', async () => {
      expect(
        await emulated(
          'probe ram; grep MemTotal /proc/meminfo; grep -h MemTotal /sys/devices/system/node/node?/meminfo',
        ),
      ).toEqual([
        'ram 16384 MiB',
        'MemTotal:       16777216 kB',
        'Node 0 MemTotal:        8388608 kB',
        'Node 1 MemTotal:        8388608 kB',
      ]);
    });
  });

  describe('its free memory', () => {
    const free = async (command: string) => {
      const lines = await emulated(
        `${command}; grep -h MemFree /proc/meminfo /sys/devices/system/node/node?/meminfo`,
      );
      return lines.slice(-3).map((line) => Number(/(\d+) kB/.exec(line)?.[1]) / 1024);
    };

    it('is what hugepages and its own processes leave, whatever else runs on the machine', async () => {
      const [host = 0, ...cells] = await free('true');
      const hugepages = 2 * (64 * 2 + 4 * 1024);
      expect(host).toBeLessThan(16384 - hugepages);
      expect(host).toBeGreaterThan(16384 - hugepages - 256);
      expect(cells).toHaveLength(2);
      expect(Math.abs((cells[0] ?? 0) + (cells[1] ?? 0) - host)).toBeLessThan(64);
    });

    it('is less while a process uses some', async () => {
      const [before = 0] = await free('true');
      const [meanwhile = 0] = await free(
        'mkfifo /run/wait; (probe memory:524288 affinity read:/run/wait > /run/out) & until grep -q affinity /run/out 2> /dev/null; do sleep 0.05; done',
      );
      expect(before - meanwhile).toBeGreaterThan(500);
    });
  });

  describe('the affinity of a thread', () => {
    it('is what it asked for, in the call, in status, for nproc, and for the CPU that it runs on', async () => {
      expect(
        await emulated(
          'taskset -c 12,5 bash -c "taskset -pc \\$\\$ | cut -d: -f2; grep -h Cpus_allowed /proc/self/status; nproc; ' +
            'cut -d\\" \\" -f39 /proc/self/stat" | sed "s/^5$/12/"',
        ),
      ).toEqual([' 5,12', 'Cpus_allowed:\t1020', 'Cpus_allowed_list:\t5,12', '2', '12']);
    });

    it('that somebody else has changed is what others see', async () => {
      expect(
        await emulated(
          'sleep 100 & taskset -pc 13 $! > /dev/null; grep -h Cpus_allowed_list /proc/$!/status /proc/$!/task/*/status; ' +
            'taskset -pc $! | cut -d: -f2; grep Cpus_allowed_list /proc/self/status',
        ),
      ).toEqual(['Cpus_allowed_list:\t13', 'Cpus_allowed_list:\t13', ' 13', 'Cpus_allowed_list:\t0-15']);
    });

    it('is its own, and inherited by what it starts, threads and processes', async () => {
      expect(
        await emulated('probe pin:3 thread:pin:7 affinity thread:affinity orphan:affinity exec:affinity'),
      ).toEqual(['pin ok', 'pin ok', 'affinity 3', 'affinity 3', 'affinity 3', 'affinity 3']);
    });

    it('that a parent changes later is not that of its child', async () => {
      expect(
        await emulated(
          'taskset -pc 3 $$ > /dev/null; sleep 100 & taskset -pc 5 $$ > /dev/null; taskset -pc $! | cut -d: -f2; taskset -pc $$ | cut -d: -f2',
        ),
      ).toEqual([' 3', ' 5']);
    });

    it('cannot be a CPU that is not there, nor of a thread that is not there, nor of somebody else', async () => {
      const lines = await emulated(
        'probe pin:16 affinity; taskset -pc 3 999999; sleep 100 & setpriv --reuid=nobody --clear-groups taskset -pc 3 $!; taskset -pc $! | cut -d: -f2',
      );
      expect(lines[0]).toBe('pin EINVAL');
      expect(lines.slice(1).join('\n')).toMatch(/No such process[^]*Operation not permitted[^]* 0-15$/);
    });

    it('may change as often as anybody likes', async () => {
      expect(await emulated('probe pin-often pin:2 affinity')).toEqual([
        'pin-often ok',
        'pin ok',
        'affinity 2',
      ]);
    });

    it('does not show as a timer slack', async () => {
      expect(await emulated('probe pin:2 slack affinity')).toEqual(['pin ok', 'slack 50000', 'affinity 2']);
    });
  });

  describe('memory', () => {
    it('comes from where a thread or a range of it is bound to', async () => {
      const lines = await emulated('probe memory:64 bind-area:2 area numa bind:1 policy memory:64 area numa');
      expect(lines.slice(0, 2)).toEqual(['bind-area ok', 'area policy 2 2 on 1 moved 1']);
      expect(lines[2]).toMatch(/ bind:1 .*N1=\d+/);
      expect(lines.slice(3, 6)).toEqual(['bind ok', 'policy 2 1', 'area policy 2 1 on 0 moved 0']);
      expect(lines[6]).toMatch(/ bind:0 .*N0=\d+/);
    });

    it('is bound for threads and children too', async () => {
      expect(await emulated('probe bind:2 thread:policy orphan:policy')).toEqual([
        'bind ok',
        'policy 2 2',
        'policy 2 2',
      ]);
    });

    it('is near the CPUs that a thread may run on when nothing else is said', async () => {
      expect((await emulated('probe pin:13 memory:64 area'))[1]).toBe('area policy 0 0 on 1 moved 1');
    });

    it('cannot come from a cell that is not there', async () => {
      expect(await emulated('probe bind:4 memory:64 bind-area:4 policy')).toEqual([
        'bind EINVAL',
        'bind-area EINVAL',
        'policy 0 0',
      ]);
    });

    it('may be locked, and shows it', async () => {
      const lines = await emulated('probe lock read:/proc/self/status | grep -E "lock|VmLck|VmSize"');
      const sizes = lines.slice(1).map((line) => line.replace(/^\w+:\s*/, ''));
      expect(lines[0]).toBe('lock ok');
      expect(sizes[0]).toBe(sizes[1]);
    });

    it('has a limit of locking that root may raise, and nobody else', async () => {
      expect(
        await emulated(
          'sleep 100 & prlimit --pid $! --memlock=1000000000000:1000000000000; grep -o "locked memory *[0-9]*" /proc/$!/limits; ' +
            'prlimit --pid $! --memlock -o SOFT --noheadings; setpriv --reuid=nobody --clear-groups prlimit --memlock=2000000000000 true',
        ),
      ).toEqual([
        expect.stringMatching(/^locked memory +1000000000000$/),
        '1000000000000',
        expect.stringContaining('Operation not permitted'),
      ]);
    });
  });

  describe('hugepages', () => {
    const threePages = 'file:/run/hugepages/x:6144';

    it('go from the cell that they are bound to and come back', async () => {
      const lines = await emulated(
        `probe ${threePages} bind-area:2 populate area numa read:/sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages ` +
          `read:/proc/self/status; ${showFree}`,
      );
      expect(lines.slice(0, 4)).toEqual([
        'file hugetlbfs page 2097152',
        'bind-area ok',
        'populate ok',
        'area policy 2 2 on 1 moved 1',
      ]);
      expect(lines[4]).toMatch(/ bind:1 file=.* huge dirty=3 N1=3 kernelpagesize_kB=2048$/);
      expect(lines[5]).toBe('61');
      expect(lines).toContain('HugetlbPages:\t    6144 kB');
      expect(lines.at(-1)).toBe('free 64 64');
    });

    it('come back when a part of memory is given back', async () => {
      expect(
        (
          await emulated(
            `probe ${threePages} bind-area:1 populate unmap read:${pages.replace('$n', '0')}/free_hugepages`,
          )
        ).slice(2),
      ).toEqual(['populate ok', 'unmap ok', '64']);
    });

    it('of one GiB are counted apart', async () => {
      expect(
        (
          await emulated(
            'probe file:/run/hugepages1G/x:2097152 bind-area:2 populate numa ' +
              'read:/sys/devices/system/node/node1/hugepages/hugepages-1048576kB/free_hugepages',
          )
        ).map((line) => line.replace(/^[0-9a-f]+ (.*) file=.* huge/, '$1')),
      ).toEqual([
        'file hugetlbfs page 1073741824',
        'bind-area ok',
        'populate ok',
        'bind:1 dirty=2 N1=2 kernelpagesize_kB=1048576',
        '2',
      ]);
    });

    it('are refused, all of them, when the cell has too few, though another has some', async () => {
      expect(
        await emulated(
          `probe file:/run/hugepages/x:133120 bind-area:1 populate read:${pages.replace('$n', '0')}/free_hugepages; ${showFree}`,
        ),
      ).toEqual(['file hugetlbfs page 2097152', 'bind-area ok', 'populate EFAULT', '64', 'free 64 64']);
    });

    it('come from several cells when nobody binds them', async () => {
      const lines = await emulated(`probe pin:4 file:/run/hugepages/x:133120 populate numa`);
      expect(lines[2]).toBe('populate ok');
      expect(lines[3]).toMatch(/ default file=.* huge dirty=65 N0=1 N1=64 /);
    });

    it('are as many as somebody asks for, in one cell or in all', async () => {
      const all = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
      const show = `echo $(cat ${pages.replace('$n', '0')}/nr_hugepages ${pages.replace('$n', '1')}/nr_hugepages ${all} /proc/sys/vm/nr_hugepages; grep -oE "HugePages_Total: +[0-9]+" /proc/meminfo)`;
      expect(
        await emulated(
          `${show}; echo 10 > ${pages.replace('$n', '1')}/nr_hugepages; ${show}; echo 100 > ${all}; ${show}; ` +
            `sysctl -qw vm.nr_hugepages=7; ${show}; echo 1000000 > ${pages.replace('$n', '0')}/nr_hugepages; ${show}`,
        ),
      ).toEqual([
        '64 64 128 128 HugePages_Total: 128',
        '64 10 74 74 HugePages_Total: 74',
        expect.stringMatching(/^\d+ \d+ 100 100 HugePages_Total: 100$/),
        expect.stringMatching(/^\d+ \d+ 7 7 HugePages_Total: 7$/),
        // 8 GiB without four pages of 1 GiB and what must be left.
        expect.stringMatching(/^1920 /),
      ]);
    });

    it('that are in use stay, whatever somebody asks for', async () => {
      const node = pages.replace('$n', '0');
      expect(
        await emulated(
          `mkfifo /run/wait; (probe ${threePages} bind-area:1 populate read:/run/wait > /run/out) & ` +
            `until grep -q populate /run/out 2> /dev/null; do sleep 0.05; done; echo 1 > ${node}/nr_hugepages; ` +
            `cat ${node}/nr_hugepages ${node}/free_hugepages ${node}/surplus_hugepages; echo > /run/wait; wait; cat ${node}/nr_hugepages`,
        ),
      ).toEqual(['3', '0', '2', '1']);
    });
  });

  describe('a CPU that is taken offline', () => {
    it('is gone for everybody, and comes back', async () => {
      const show =
        'echo $(cat /sys/devices/system/cpu/o*line /sys/devices/system/node/node1/cpulist /sys/devices/system/cpu/cpu13/topology/thread_siblings_list; nproc; grep -c ^processor /proc/cpuinfo)';
      expect(
        await emulated(
          `echo 0 > /sys/devices/system/cpu/cpu5/online; ${show}; probe pin:5; cat /sys/devices/system/cpu/cpu5/topology/core_id; ` +
            `echo 1 > /sys/devices/system/cpu/cpu5/online; ${show}; probe pin:5`,
        ),
      ).toEqual([
        '5 0-4,6-15 4,6-7,12-15 13 15 15',
        'pin EINVAL',
        expect.stringContaining('No such file'),
        '0-15 4-7,12-15 5,13 16 16',
        'pin ok',
      ]);
    });

    it('sets those free that were pinned to it', async () => {
      expect(
        await emulated(
          'taskset -c 5 sleep 100 & until taskset -pc $! | grep -q " 5$"; do sleep 0.05; done; echo 0 > /sys/devices/system/cpu/cpu5/online; taskset -pc $! | cut -d: -f2; grep Cpus_allowed_list /proc/$!/status',
        ),
      ).toEqual([' 0-4,6-15', 'Cpus_allowed_list:\t0-15']);
    });

    it('has a governor that can be set', async () => {
      const governor = '/sys/devices/system/cpu/cpu5/cpufreq/scaling_governor';
      expect(await emulated(`cat ${governor}; echo powersave > ${governor}; cat ${governor}`)).toEqual([
        'performance',
        'powersave',
      ]);
    });
  });

  describe('a real-time thread', () => {
    it('is one for chrt, for ps and in stat, and its child is one', async () => {
      const lines = await emulated(
        'sleep 100 & chrt -f -p 7 $!; chrt -p $! | cut -d: -f2; cut -d" " -f18,40,41 /proc/$!/stat; ps -o cls=,rtprio= -p $!; ' +
          'chrt -r 5 bash -c "chrt -p \\$\\$ | cut -d: -f2"; chrt -o -p 0 $!; chrt -p $! | cut -d: -f2',
      );
      expect(lines.map((line) => line.trim())).toEqual([
        ...['SCHED_FIFO', '7', '-8 7 1', 'FF      7'],
        ...['SCHED_RR', '5', 'SCHED_OTHER', '0'],
      ]);
    });

    it('has usual children if it asked for that', async () => {
      const lines = await emulated(
        'chrt -R -f 5 bash -c "chrt -p \\$\\$ | head -1; sleep 0.2 & chrt -p \\$! | head -1"',
      );
      expect(lines.map((line) => line.replace(/^.*: /, ''))).toEqual([
        'SCHED_FIFO|SCHED_RESET_ON_FORK',
        'SCHED_OTHER',
      ]);
    });

    it('needs a privilege', async () => {
      expect((await emulated('setpriv --reuid=nobody --clear-groups chrt -f 5 true')).join()).toMatch(
        /Operation not permitted/,
      );
    });
  });

  describe('nonsense', () => {
    it('is answered as the kernel answers it', async () => {
      expect(await emulated('probe bad')).toEqual([
        ...['bad affinity EFAULT', 'bad affinity EFAULT', 'short affinity EINVAL', 'bad policy EFAULT'],
        ...['bad mode EINVAL', 'bad area EINVAL', 'bad path EFAULT', 'bad folder EBADF', 'bad thread ENOENT'],
        ...[
          'bad statfs EFAULT',
          'bad param EFAULT',
          'bad pid ESRCH',
          'bad limit EFAULT',
          'bad sysinfo EFAULT',
        ],
      ]);
    });
  });

  describe('the supervisor', () => {
    it('goes on when the process that answers is killed, and knows what it knew', async () => {
      expect(
        await emulated(
          'sleep 100 & taskset -pc 9 $! > /dev/null; for i in $(seq 20); do kill -9 $(pgrep lab-topo-answer); grep Cpus_allowed_list /proc/$!/status; done',
        ),
      ).toEqual(Array(20).fill('Cpus_allowed_list:\t9'));
    });

    it('answers also when the process that watches it is killed', async () => {
      expect(await emulated('kill -9 $(pgrep -x lab-topology); sleep 0.2; probe pin:12 affinity')).toEqual([
        'pin ok',
        'affinity 12',
      ]);
    });

    it('is not disturbed by callers that are killed while they wait', async () => {
      expect(
        await emulated(
          '(for i in $(seq 300); do cat /proc/self/status /proc/meminfo /proc/stat > /dev/null & kill -9 $!; done; wait) 2> /dev/null; probe pin:3 affinity; pgrep -c lab-topo-answer',
        ),
      ).toEqual(['pin ok', 'affinity 3', '1']);
    });

    it('answers many at the same time', async () => {
      const lines = await emulated(
        'for i in $(seq 0 15); do taskset -c $i bash -c "for j in 1 2 3 4 5; do grep -h Cpus_allowed_list /proc/self/status; done | sort | uniq -c" & done; wait',
      );
      expect(
        lines.map((line) => line.trim().split(/\s+/)).toSorted((a, b) => Number(a[2]) - Number(b[2])),
      ).toEqual([...Array(16).keys()].map((cpu) => ['5', 'Cpus_allowed_list:', String(cpu)]));
    });

    it('is not stopped together with everybody else', async () => {
      // systemd does so while it shuts down, and goes on to open files.
      expect(
        await emulated(
          'sleep 100 & kill -STOP -1; until grep -q stopped /proc/$!/status; do :; done; grep State /proc/$!/status; kill -CONT -1; until grep -q sleeping /proc/$!/status; do :; done; probe pin:3',
        ),
      ).toEqual(['State:\tT (stopped)', 'pin ok']);
    });

    it('ends when nobody needs it', async () => {
      const before = supervisors();
      await emulated('true');
      expect(supervisors()).toEqual(before);
    });
  });
});

function supervisors(): string[] {
  try {
    return execFileSync('pgrep', ['-f', `^@${folder.slice(1)}/lab-topology`])
      .toString()
      .split('\n');
  } catch {
    return [];
  }
}
