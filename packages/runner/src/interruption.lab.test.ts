import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@whitebox/core';
import { asRoot, runText, type Host } from '@whitebox/host';
import { readLab, type LabDescription } from '@whitebox/lab';
import { credentialsFromCloudsYaml, OpenStack } from '@whitebox/openstack';
import { SshHost } from '@whitebox/ssh';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-codes.js';
import type { RunResults } from './results.js';

const suite = join(import.meta.dirname, '../../nova-nfv-suite');
const whitebox = join(import.meta.dirname, '../dist/main.js');
/** It changes nova.conf on all computes, and then boots servers. */
const testName = 'emulator threads with policy share stay on the dedicated CPUs';

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  text(): string;
}

describe('a run that is ended in the middle of a case', () => {
  let lab: LabDescription;
  let cloud: OpenStack;
  let hosts: { readonly machine: Host; close(): Promise<void> }[];
  let folder: string;

  beforeAll(async () => {
    lab = await readLab();
    cloud = await OpenStack.connect(
      await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud }),
    );
    hosts = await Promise.all(
      lab.hosts.map(async ({ name }) => {
        const host = await SshHost.connect(name, { configFile: lab.ssh.configFile });
        return { machine: asRoot(host), close: () => host[Symbol.asyncDispose]() };
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await cloud.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interruption-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function start(...args: string[]): Run {
    const child = spawn(process.execPath, [whitebox, ...args], {
      env: { ...process.env, XDG_STATE_HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const ended = new Promise<number>((resolve) => {
      child.once('close', (code) => {
        resolve(code ?? -1);
      });
    });
    return { child, ended, text: () => text };
  }

  /** Starts the case and waits until nova.conf is changed everywhere and a server is there. */
  async function startAndWait(): Promise<Run> {
    const run = start(
      ...['run', suite, '--filter', testName, '--results', join(folder, 'results')],
      ...['--config', lab.files.tempestConf],
    );
    await waitUntil(
      'the case to have changed the hosts and booted a server',
      async () => {
        if (run.child.exitCode !== null) throw new Error(`the run ended too early:\n${run.text()}`);
        const changed = (await configurations()) !== before;
        const servers = await ours('server');
        const done = changed && servers.length > 0;
        return done
          ? { done, value: undefined }
          : { done, seen: `${changed ? 'changed' : 'unchanged'}, ${servers.length} servers` };
      },
      { timeoutMs: 120_000 },
    );
    return run;
  }

  /** Content, owner, group and mode of every file below /etc/nova, on every host. */
  async function configurations(): Promise<string> {
    const script = 'find /etc/nova -type f -printf "%p %U:%G %m " -exec sha256sum {} + | sort';
    const all = await Promise.all(hosts.map(({ machine }) => runText(machine, ['sh', '-c', script])));
    return createHash('sha256').update(all.join('\n')).digest('hex');
  }

  /** Names of what runs of whitebox have made. */
  async function ours(kind: 'server' | 'all'): Promise<string[]> {
    const lists = [
      cloud.compute.servers.list({ allProjects: true }),
      ...(kind === 'all' ? [cloud.compute.flavors.list(), cloud.images.list(), cloud.network.ports()] : []),
    ];
    const names = (await Promise.all<readonly { readonly name: string | null }[]>(lists)).flat();
    return names.flatMap(({ name }) => (name?.startsWith('wb-2') === true ? [name] : []));
  }

  async function servicesUp(): Promise<boolean> {
    const services = await cloud.compute.services.list({ binary: 'nova-compute' });
    return services.every(({ state, status }) => state === 'up' && status === 'enabled');
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await ours('all')).toEqual([]);
    expect(await configurations()).toBe(before);
    expect(await servicesUp()).toBe(true);
  }

  let before: string;
  beforeEach(async () => {
    before = await configurations();
    expect(await ours('all')).toEqual([]);
  });

  it('by Ctrl-C gives everything back and says so', { timeout: 400_000 }, async () => {
    const run = await startAndWait();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(ExitCode.Interrupted);
    expect(run.text()).toContain('SIGINT: the running case cleans up, then the run ends.');
    await expectNothingLeft();
    const results = JSON.parse(await readFile(join(folder, 'results/results.json'), 'utf8')) as RunResults;
    expect(results).toMatchObject({ interrupted: true, leftovers: [] });
  });

  it('by the death of its engine gives everything back', { timeout: 400_000 }, async () => {
    const run = await startAndWait();
    const children = await readFile(`/proc/${run.child.pid}/task/${run.child.pid}/children`, 'utf8');
    for (const pid of children.trim().split(/\s+/)) process.kill(-Number(pid), 'SIGKILL');
    expect(await run.ended).toBe(ExitCode.NotRun);
    expect(run.text()).toContain('killed by SIGKILL');
    await expectNothingLeft();
  });

  it('by its own death and that of its engine is mended by recover', { timeout: 400_000 }, async () => {
    const run = await startAndWait();
    const children = await readFile(`/proc/${run.child.pid}/task/${run.child.pid}/children`, 'utf8');
    run.child.kill('SIGKILL');
    for (const pid of children.trim().split(/\s+/)) process.kill(-Number(pid), 'SIGKILL');
    await run.ended;

    const again = start('run', suite, '--config', lab.files.tempestConf, '--results', join(folder, 'again'));
    expect(await again.ended).toBe(ExitCode.Usage);
    expect(again.text()).toContain('WB_RUN_OPEN');

    const looking = start('recover', '--dry-run');
    expect(await looking.ended).toBe(ExitCode.Passed);
    expect(looking.text()).toMatch(/server wb-2/);
    expect(looking.text()).toContain('cpu_shared_set');

    const mending = start('recover');
    expect(await mending.ended, mending.text()).toBe(ExitCode.Passed);
    expect(mending.text()).toContain('Everything has been given back.');
    await expectNothingLeft();
  });
});
