import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths, type LabPaths } from '../names.js';
import { parseOffset } from './clock-fault.js';
import { describeFault } from './describe-fault.js';
import type { FaultHost, FaultWords } from './fault.js';
import {
  faultKeep,
  forgetFault,
  nextId,
  readFaults,
  recordFault,
  type FaultRecord,
} from './fault-records.js';
import { clearFaults } from './faults.js';
import { firstProcess } from './inside-host.js';
import { faultKind, faultKinds } from './kinds.js';
import { patchFile, replaceOnce } from './patch-fault.js';
import { killService, stopService } from './service-faults.js';
import { unitsOf } from './units.js';

let folder: string;
let paths: LabPaths;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-faults-'));
  paths = labPaths(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A host of which only the files are real; it remembers what was asked of it. */
function fakeHost(answers: (argv: readonly string[]) => string | undefined = () => ''): FaultHost & {
  asked: string[];
} {
  const asked: string[] = [];
  const attempt: FaultHost['try'] = (argv) => {
    asked.push(argv.join(' '));
    const stdout = answers(argv);
    return Promise.resolve({ code: stdout === undefined ? 1 : 0, stdout: stdout ?? '', stderr: 'no' });
  };
  return {
    name: 'compute1',
    root: paths.host('compute1').root,
    disk: paths.host('compute1').disk,
    keep: faultKeep(paths, 'f1'),
    cables: [],
    asked,
    try: attempt,
    run: async (argv) => {
      const { code, stdout } = await attempt(argv);
      if (code !== 0) throw new Error(`${argv.join(' ')} failed`);
      return stdout;
    },
  };
}

const loaded = (argv: readonly string[]) => (argv.includes('--property=LoadState') ? 'loaded\n' : '');

describe('the words of a fault', () => {
  it.each([
    ['+90s', 90],
    ['90s', 90],
    ['-5m', -300],
    ['2h', 7200],
  ])('--by %s', (text, seconds) => {
    expect(parseOffset(text)).toBe(seconds);
  });

  it.each(['', '0s', '90', 'tomorrow', '+-3s', '1.5h'])('--by %j is refused', (text) => {
    expect(() => parseOffset(text)).toThrow(expect.objectContaining({ code: 'WB_LAB_USAGE' }) as Error);
  });

  it('name services as systemd does', () => {
    expect(unitsOf({ service: ['nova-compute', 'libvirtd.socket'] })).toEqual([
      'nova-compute.service',
      'libvirtd.socket',
    ]);
    expect(unitsOf({})).toEqual([]);
  });

  it.each([
    ['once', 'a = 1\nb = 2\n', 'b = 2', undefined],
    ['not at all', 'a = 1\n', 'b = 2', '0 times'],
    ['twice', 'a\na\n', 'a', '2 times'],
  ])('a patch hits %s', (_name, text, old, complaint) => {
    if (complaint === undefined) expect(replaceOnce(text, old, '$&', 'x.py')).toBe('a = 1\n$&\n');
    else expect(() => replaceOnce(text, old, 'c', 'x.py')).toThrow(complaint);
  });

  it('must name a kind', () => {
    expect(() => faultKind('nothing')).toThrow('There is no fault nothing.');
    expect(new Set(faultKinds.map(({ name }) => name)).size).toBe(faultKinds.length);
  });
});

describe('records', () => {
  const record: FaultRecord = {
    id: 'f1',
    kind: 'stop-service',
    host: 'compute1',
    words: { service: ['nova-compute'] },
    since: '2026-01-01T12:00:00.000Z',
    injected: false,
  };

  it('are kept, replaced by id and forgotten with what they kept', async () => {
    expect(await readFaults(paths)).toEqual([]);
    await recordFault(paths, record);
    await recordFault(paths, { ...record, injected: true });
    expect(await readFaults(paths)).toEqual([{ ...record, injected: true }]);
    expect(nextId(await readFaults(paths))).toBe('f2');
    expect((await stat(paths.faults)).mode & 0o777).toBe(0o700);
    await mkdir(faultKeep(paths, 'f1'));
    await forgetFault(paths, 'f1');
    expect(await readFaults(paths)).toEqual([]);
    await expect(stat(faultKeep(paths, 'f1'))).rejects.toThrow('ENOENT');
  });

  it('are told in a line that says when one was cut short', () => {
    expect(describeFault(record)).toBe(
      'f1 stop-service on compute1, --service nova-compute, since 12:00:00 UTC (cut short; heal it)',
    );
  });

  it('of a host that starts are cleared: a patched file is put back, and other hosts keep theirs', async () => {
    const file = join(paths.host('compute1').root, 'etc/nova/nova.conf');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'a = 1\n');
    const words: FaultWords = { file: '/etc/nova/nova.conf', replace: 'a = 1', with: 'a = 2' };
    const host = fakeHost((argv) => (argv[0] === 'realpath' ? '/etc/nova/nova.conf\n' : ''));
    await recordFault(paths, { ...record, kind: 'patch-file', words });
    await recordFault(paths, { ...record, id: 'f2', host: 'controller' });
    await patchFile.inject(host, words);
    expect(await readFile(file, 'utf8')).toBe('a = 2\n');
    expect(await clearFaults(paths, 'compute1')).toMatchObject([{ id: 'f1' }]);
    expect(await readFile(file, 'utf8')).toBe('a = 1\n');
    expect(await readFaults(paths)).toMatchObject([{ id: 'f2' }]);
  });
});

describe('faults of services', () => {
  it('ask for units that are there', async () => {
    const host = fakeHost((argv) =>
      argv.includes('list-units') ? 'nova-compute.service loaded active running Nova\n' : 'not-found\n',
    );
    await expect(stopService.check?.(host, { service: ['nova-computer'] })).rejects.toMatchObject({
      message: 'compute1 has no unit nova-computer.service.',
      details: { advice: 'Those that run there: nova-compute.' },
    });
  });

  it('a killed one is told not to come back, and may again when it is healed', async () => {
    const host = fakeHost(loaded);
    await killService.inject(host, { service: ['nova-compute'] });
    const kill = host.asked.findIndex((line) => line.includes('--signal=SIGKILL nova-compute.service'));
    const override = host.asked.findIndex((line) => line.includes('nova-compute.service.d/lab-fault.conf'));
    expect(override).toBeGreaterThan(-1);
    expect(override).toBeLessThan(kill);
    host.asked.length = 0;
    await killService.heal(host, { service: ['nova-compute'] });
    expect(host.asked).toContain('rm -f /run/systemd/system/nova-compute.service.d/lab-fault.conf');
    expect(host.asked.at(-1)).toBe('systemctl start nova-compute.service');
  });
});

describe('a patched file', () => {
  it('has its bytes, mode and time again when it is healed', async () => {
    const file = join(paths.host('compute1').root, 'usr/lib/python3/dist-packages/nova/x.py');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'pin = True\n', { mode: 0o640 });
    await utimes(file, 1_000_000, 1_000_000);
    const words: FaultWords = {
      file: 'nova/x.py',
      replace: 'True',
      with: 'False',
      service: ['nova-compute'],
    };
    const host = fakeHost((argv) => (argv[0] === 'realpath' ? `${argv.at(-1) ?? ''}\n` : loaded(argv)));
    await patchFile.inject(host, words);
    expect(await readFile(file, 'utf8')).toBe('pin = False\n');
    expect(host.asked.at(-1)).toBe('systemctl restart nova-compute.service');
    await patchFile.heal(host, words);
    expect(await readFile(file, 'utf8')).toBe('pin = True\n');
    const { mode, mtimeMs } = await stat(file);
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_000_000_000]);
  });

  it('that cannot be patched is refused; healing what was never broken changes nothing', async () => {
    const file = join(paths.host('compute1').root, 'etc/hosts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'a\n');
    const words: FaultWords = { file: '/etc/hosts', replace: 'b', with: 'c' };
    const host = fakeHost((argv) => (argv[0] === 'realpath' ? '/etc/hosts\n' : ''));
    await expect(patchFile.check?.(host, words)).rejects.toThrow('0 times');
    await patchFile.heal(host, words);
    expect(await readFile(file, 'utf8')).toBe('a\n');
  });
});

it('a disk is not filled where it would be that of the machine', async () => {
  const host = fakeHost();
  await mkdir(host.disk, { recursive: true });
  await mkdir(host.root);
  await expect(faultKind('fill-disk').check?.(host, {})).rejects.toThrow('has no disk of its own');
});

it("a host's first process is the one that is 1 inside, of any depth of the machine's own", () => {
  const status = (numbers: string) => `Name:\tx\nNSpid:\t${numbers}\nNSpgid:\t1\n`;
  expect(
    firstProcess(
      new Map([
        [10, status('10')],
        [11, status('11\t7')],
        [12, status('12\t1')],
      ]),
    ),
  ).toBe(12);
  expect(firstProcess(new Map([[10, status('10')]]))).toBeUndefined();
});
