import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asRoot, run, runText, type Host } from '@whitebox/host';
import { readLab, type LabDescription } from '@whitebox/lab';
import { giveBackAll, giveBackHostChanges, JournalDirectory, readHostChanges } from '@whitebox/services';
import { SshHost } from '@whitebox/ssh';
import { RunState } from '@whitebox/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-codes.js';

// The part of the crash test that needs real hosts. Its changes are those of real files of Nova; what is restarted for them
// is a small service that reads them as nova-compute does, so that a death at each of dozens of steps takes seconds.

const program = join(import.meta.dirname, '../testdata/mortal-change.mjs');
const whitebox = join(import.meta.dirname, '../dist/main.js');
const suite = join(import.meta.dirname, '../../nova-nfv-suite');
const labProgram = join(import.meta.dirname, '../../../tools/lab/dist/main.js');
const unit = 'whitebox-crash-test';
const unitFile = `/etc/systemd/system/${unit}.service`;
const watched = [unit, 'nova-compute', 'libvirtd', 'libvirtd.socket', 'libvirtd-ro.socket'];
const deaths = 36;

/** It says what it has read, and does not start when a marker file is there and the configuration is the changed one. */
const service = `[Service]
ExecStartPre=/bin/sh -c '! test -e /run/${unit}-refuses || ! grep -q "^cpu_shared_set = 0$" /etc/nova/nova.conf'
ExecStartPre=/bin/sh -c 'cat /etc/nova/nova.conf /etc/nova/nova-compute.conf | sha256sum >/run/${unit}-has-read'
ExecStart=/usr/bin/python3 -c 'import signal; signal.pause()' --config-file /etc/nova/nova.conf --config-file /etc/nova/nova-compute.conf
[Install]
WantedBy=multi-user.target
`;

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #text = '';
  #heard: (() => void)[] = [];

  constructor(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, argv, { env: { ...process.env, ...env } });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#text += chunk.toString();
        for (const heard of this.#heard.splice(0)) heard();
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code) => {
        resolve({ code, text: this.#text });
        for (const heard of this.#heard.splice(0)) heard();
      });
    });
  }

  /** Until it says something, or ends without a word of it. */
  async says(word: string): Promise<void> {
    while (!this.#text.includes(word)) {
      if (this.process.exitCode !== null) throw new Error(`it never said ${word}:\n${this.#text}`);
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }
}

let lab: LabDescription;
let hosts: Host[];
let names: string[];
let connections: SshHost[] = [];
let folder: string;
let before: string;
const counted = { points: 0, differences: 0 };

async function connect(): Promise<void> {
  connections = await Promise.all(
    names.map((name) => SshHost.connect(name, { configFile: lab.ssh.configFile })),
  );
  hosts = connections.map((connection) => asRoot(connection));
}

async function disconnect(): Promise<void> {
  await Promise.allSettled(connections.map((connection) => connection[Symbol.asyncDispose]()));
}

/** What has to be as before: /etc/nova to the byte and second, services (once a host has booted), and no file of ours. */
async function look(): Promise<string> {
  const script = `cd /etc/nova && find . -type f -exec sha256sum {} + | sort
    find . -printf '%p %u:%g %m %y\\n' | sort
    find . -type f -printf '%p %T@\\n' | sort
    ls -A /var/lib | grep whitebox || true
    systemctl is-system-running --wait >/dev/null
    systemctl show -p Id,LoadState,ActiveState,UnitFileState ${watched.join(' ')}
    cat /run/${unit}-has-read`;
  const all = await Promise.all(hosts.map((host) => runText(host, ['sh', '-c', script])));
  return all.map((text, index) => `${names[index] ?? ''}:\n${text}`).join('\n');
}

beforeAll(async () => {
  lab = await readLab();
  names = lab.hosts
    .filter(({ roles }) => roles.includes('compute'))
    .map(({ name }) => name)
    .slice(0, 2);
  expect(names).toHaveLength(2);
  await connect();
  await Promise.all(
    hosts.map(async (host) => {
      await host.replaceFile(unitFile, Buffer.from(service), { mode: 0o644 });
      await run(host, ['systemctl', 'daemon-reload']);
      await run(host, ['systemctl', 'enable', '--now', unit]);
    }),
  );
});

afterAll(async () => {
  await Promise.all(
    hosts.map(async (host) => {
      await run(host, ['systemctl', 'disable', '--now', unit]);
      await run(host, ['rm', '-f', unitFile, `/run/${unit}-refuses`, `/run/${unit}-has-read`]);
      await run(host, ['systemctl', 'daemon-reload']);
    }),
  );
  await disconnect();
  console.log(`${counted.points} points, ${counted.differences} differences (in the lab)`);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crash-'));
  before = await look();
});
afterEach(async () => {
  // What a failed test has left must not fail the next ones.
  await giveBackHostChanges(await readHostChanges(hosts), hosts, {}, () => undefined);
  await rm(folder, { recursive: true, force: true });
});

interface Way {
  readonly kill?: { readonly step: number; readonly moment: 'during' | 'after' };
  readonly pause?: { readonly host: string | undefined; readonly step: string };
}

/** The process to be ended, its journal in the record of a run, so that `whitebox recover` knows of it. */
async function change(way: Way): Promise<{ child: Child; state: RunState }> {
  const cloud = { tempestConf: lab.files.tempestConf };
  const state = await RunState.create(join(folder, 'whitebox/runs/wb-crash'), 'wb-crash', cloud, undefined);
  const settings = {
    sshConfig: lab.ssh.configFile,
    hosts: names,
    unit,
    journal: state.changesDirectory,
    ...way,
  };
  return { child: new Child([program, JSON.stringify(settings)]), state };
}

/** Fails with what is not as before, or is still open. */
async function check(state: RunState, place: string): Promise<void> {
  const after = await look();
  const open = await new JournalDirectory(state.changesDirectory).entries();
  counted.points += 1;
  if (after !== before || open.length > 0) counted.differences += 1;
  expect(open, place).toEqual([]);
  expect(after, place).toBe(before);
}

async function recover(state: RunState): Promise<void> {
  const results = await giveBackAll(hosts, {
    journal: new JournalDirectory(state.changesDirectory),
    ready: () => () => Promise.resolve({ done: true, value: undefined }),
  });
  expect(results.map(({ error }) => error).filter((error) => error !== undefined)).toEqual([]);
}

/** The command itself, which knows of the run from its folder alone. */
async function recoverByCommand(state: RunState): Promise<string> {
  const file = join(state.directory, 'run.json');
  const record = JSON.parse(await readFile(file, 'utf8')) as object;
  // The run was that of this process; no process has this number, it is above the limit of the kernel.
  await writeFile(file, JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));
  const { code, text } = await new Child([whitebox, 'recover'], { XDG_STATE_HOME: folder }).ended;
  expect(code, text).toBe(ExitCode.Passed);
  expect(text).toContain('Everything has been given back.');
  return text;
}

/** A command of the lab, as for "npm run lab -- ...". */
async function labCommand(...args: readonly string[]): Promise<void> {
  const { code, text } = await new Child([labProgram, ...args], { WHITEBOX_LAB_DIR: lab.directory }).ended;
  expect(code, text).toBe(0);
}

describe('a change of two hosts that is killed', () => {
  it('is given back by recover, whichever of its steps was the last', { timeout: 600_000 }, async () => {
    const whole = await change({});
    const { code, text } = await whole.child.ended;
    expect(code, text).toBe(0);
    await check(whole.state, 'nothing');
    const steps = Number(/^steps (\d+)$/m.exec(text)?.[1]);
    expect(steps).toBeGreaterThan(deaths);
    let late = 0;
    for (let death = 0; death < deaths; death += 1) {
      const step = 1 + Math.floor((death * steps) / deaths);
      const moment = death % 2 === 0 ? 'after' : 'during';
      const { child, state } = await change({ kill: { step, moment } });
      const { text: said } = await child.ended;
      // How often it has to look whether a service is up is different each time, so that the last ones may come too late.
      if (said.includes('steps')) late += 1;
      else expect(child.process.signalCode, said).toBe('SIGKILL');
      await recover(state);
      await check(state, `${moment} step ${step} of ${steps}`);
    }
    expect(late).toBeLessThan(deaths / 5);
  });
});

describe('a change whose machine is lost, with its journal', () => {
  it('stops the next run, and is given back from the hosts alone', { timeout: 300_000 }, async () => {
    const { child } = await change({ pause: { host: names[1], step: `^systemctl .*start .*${unit}` } });
    await child.says('paused');
    child.process.kill('SIGKILL');
    await child.ended;
    await rm(join(folder, 'whitebox'), { recursive: true });

    const config = ['--config', lab.files.tempestConf];
    const whiteboxed = (...argv: string[]) =>
      new Child([whitebox, ...argv, ...config], { XDG_STATE_HOME: folder }).ended;
    const next = await whiteboxed(
      'run',
      suite,
      '--filter',
      'multiqueue',
      '--results',
      join(folder, 'results'),
    );
    expect(next.code, next.text).toBe(ExitCode.Usage);
    expect(next.text).toMatch(
      /held since .*that process is gone.*whitebox recover --all-hosts --config.*WB_RUN_OPEN/s,
    );
    const dry = await whiteboxed('recover', '--all-hosts', '--dry-run');
    expect(dry.text).toMatch(/held since .*cpu_shared_set.*\(since .*written down on/s);
    expect(await look()).not.toBe(before);
    const mended = await whiteboxed('recover', '--hosts', ...names);
    expect(mended.code, mended.text).toBe(ExitCode.Passed);

    counted.points += 1;
    const after = await look();
    if (after !== before) counted.differences += 1;
    expect(after).toBe(before);
  });
});

/** What happens to the second host, and how it ends. */
interface Trouble {
  readonly name: string;
  /** Before the first step of the second host with this text. */
  readonly step: string;
  begin(host: Host, name: string): Promise<unknown>;
  end(host: Host, name: string): Promise<unknown>;
}

const sh = (host: Host, script: string): Promise<unknown> => run(host, ['sh', '-c', script]);
const writing = 'replace /etc/nova/nova.conf';

const troubles: readonly Trouble[] = [
  {
    name: 'whose packets are dropped',
    step: writing,
    begin: (_, name) => labCommand('fault', 'inject', 'cut-network', '--host', name),
    end: () => labCommand('fault', 'heal'),
  },
  {
    name: 'whose sshd and all its sessions are killed',
    step: `^systemctl .*start .*${unit}`,
    begin: async (host, name) => {
      await labCommand('fault', 'inject', 'kill-service', '--service', 'ssh', '--host', name);
      // What kills its own session hears no answer.
      await sh(host, 'pkill -KILL sshd').catch(() => undefined);
    },
    end: () => labCommand('fault', 'heal'),
  },
  {
    name: 'whose disk is full before it has written anything down',
    step: 'replace /var/lib/whitebox-change',
    begin: (_, name) => labCommand('fault', 'inject', 'fill-disk', '--host', name),
    end: () => labCommand('fault', 'heal'),
  },
  {
    name: 'whose disk is full before it writes the configuration',
    step: writing,
    begin: (_, name) => labCommand('fault', 'inject', 'fill-disk', '--host', name),
    end: () => labCommand('fault', 'heal'),
  },
  {
    name: 'whose directory becomes read-only',
    step: writing,
    begin: (host) => sh(host, 'mount --bind /etc/nova /etc/nova && mount -o remount,bind,ro /etc/nova'),
    end: (host) => sh(host, 'umount /etc/nova'),
  },
  {
    name: 'whose service does not start with the change, while that of the first did',
    step: writing,
    begin: (host) => sh(host, `touch /run/${unit}-refuses`),
    end: (host) => sh(host, `rm /run/${unit}-refuses`),
  },
  {
    name: 'which is rebooted with the change half-way',
    step: `^systemctl .*start .*${unit}`,
    begin: (host) => sh(host, 'systemctl reboot --force --force').catch(() => undefined),
    end: () => labCommand('up'),
  },
];

describe('a change of two hosts, the second of them one', () => {
  it.each(troubles)('$name, is given back', { timeout: 300_000 }, async (trouble) => {
    const [, second] = hosts;
    const [, name] = names;
    if (second === undefined || name === undefined) throw new Error('there is no second host');
    const { child, state } = await change({ pause: { host: name, step: trouble.step } });
    await child.says('paused');
    await trouble.begin(second, name);
    try {
      child.process.stdin?.write('go\n');
      const { code, text } = await child.ended;
      // It has failed and said so, which is what recover is for where giving back failed, too.
      expect(code, text).toBe(1);
      expect(text).not.toContain('changed');
    } finally {
      await trouble.end(second, name);
      await disconnect();
      await connect();
    }
    const open = (await new JournalDirectory(state.changesDirectory).entries()).length > 0;
    if (open) await recoverByCommand(state);
    await check(state, trouble.name);
  });
});
