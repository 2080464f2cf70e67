import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, run, runText, type Host } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { SshHost } from '@whitebox/ssh';
import {
  changeOptions,
  detectDeployment,
  FileLog,
  giveBackAll,
  heartbeatProbe,
  MemoryJournal,
  runningConfig,
  stopped,
  SystemdService,
  type ReadyProbe,
  type Service,
} from './index.js';

const connections: AsyncDisposable[] = [];
let computes: Host[];
let controller: Host;
let dedicated: ReadonlyMap<Host, string>;

beforeAll(async () => {
  const { hosts, ssh } = await readLab();
  const opened = await Promise.all(
    hosts.map(async ({ name, roles, dedicatedCpus }) => {
      const connection = await SshHost.connect(name, { configFile: ssh.configFile });
      connections.push(connection);
      return { host: asRoot(connection), roles, dedicatedCpus };
    }),
  );
  computes = opened.filter(({ roles }) => roles.includes('compute')).map(({ host }) => host);
  dedicated = new Map(opened.map(({ host, dedicatedCpus }) => [host, dedicatedCpus]));
  controller = opened.find(({ roles }) => roles.includes('control'))!.host;
});

afterAll(async () => {
  for (const connection of connections.reverse()) await connection[Symbol.asyncDispose]();
});

/** The compute host that runs nothing else: restarts there disturb the least. */
function quietHost(): Host {
  return computes.find(({ name }) => name !== controller.name) ?? controller;
}

function oneDedicatedCpu(host: Host): string {
  return /^\d+/.exec(dedicated.get(host) ?? '')?.[0] ?? '';
}

/** Reads the heartbeat where the database is; this package knows no database client. */
function heartbeat(host: Host): ReadyProbe {
  return heartbeatProbe(async (signal) => {
    const name = (await runText(host, ['hostname'], { signal })).trim();
    const query = `select last_seen_up, report_count from nova_cell1.services where host = '${name}' and topic = 'compute' and deleted = 0`;
    const text = await runText(controller, ['mysql', '-N', '-B', '-e', query], { signal });
    const [seen, reportCount] = text.trim().split('\t');
    return { seen, reportCount };
  });
}

async function attributes(host: Host, path: string): Promise<string> {
  return await runText(host, ['sh', '-c', 'stat -c "%U:%G %a" "$1"; sha256sum <"$1"', 'sh', path]);
}

const confs = ['/etc/nova/nova.conf', '/etc/nova/nova-compute.conf'];
const states = (hosts: readonly Host[]) =>
  Promise.all(hosts.flatMap((host) => confs.map((path) => attributes(host, path))));

function nova(host: Host): Service {
  return new SystemdService(host, { unit: 'nova-compute', logFiles: ['/var/log/nova/nova-compute.log'] });
}

describe('detection', () => {
  it('tells the deployment from the host, with its evidence', async () => {
    const deployment = await detectDeployment(quietHost());
    expect(deployment.flavour.name).toBe('debian');
    expect(deployment.evidence).toContain('unit nova-compute.service');
    expect(deployment.services).toEqual(expect.arrayContaining(['nova-compute', 'libvirt']));
    expect((await deployment.service('nova-compute').status()).state).toBe('running');
    expect((await deployment.service('libvirt').status()).unit).toBe('libvirtd.service');
    await run(quietHost(), [...deployment.virsh, 'list', '--all']);
  });
});

describe('nova-compute', () => {
  it('tells the configuration in force and its origin', async () => {
    const host = quietHost();
    const config = await runningConfig(nova(host));
    expect(config.files).toEqual(confs);
    const driver = config.effective('DEFAULT', 'compute_driver');
    expect(driver).toMatchObject({
      value: 'libvirt.LibvirtDriver',
      origin: { kind: 'file', file: '/etc/nova/nova-compute.conf' },
    });
    expect(config.effective('DEFAULT', 'log_file')?.origin.kind).toBe('command line');
    expect(config.effective('DEFAULT', 'no_such_option')).toBeUndefined();
  });

  it('is restarted until it serves, and its logs since then are read', async () => {
    const host = quietHost();
    const service = nova(host);
    const mark = await service.mark();
    const started = performance.now();
    const { before, after } = await service.restart({ ready: heartbeat(host) });
    console.log(`restart until serving: ${((performance.now() - started) / 1000).toFixed(2)} s`);
    expect(after.mainPid).not.toBe(before.mainPid);
    expect(after.startedAt!.getTime()).toBeGreaterThan(before.startedAt!.getTime());
    const lines = await service.log(mark);
    const journal = lines.filter(({ source }) => source === 'journal').map(({ message }) => message);
    expect(journal).toEqual(expect.arrayContaining([expect.stringMatching(/^Starting nova-compute/)]));
    expect(journal).toEqual(expect.arrayContaining([expect.stringMatching(/^Started nova-compute/)]));
    const file = lines.filter(({ source }) => source === '/var/log/nova/nova-compute.log');
    expect(file.some(({ message }) => message.includes('Starting compute node'))).toBe(true);
    const byTime = await service.log(after.startedAt!);
    expect(byTime.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Started nova-compute/)]),
    );
    expect(await service.log(await service.mark())).toEqual([]);
  });

  it('reads its log file on after a rotation', async () => {
    const host = quietHost();
    const path = `/tmp/whitebox-services-${String(process.pid)}.log`;
    const sh = (script: string) => run(host, ['sh', '-c', script, 'sh', path]);
    const log = new FileLog(host, path);
    try {
      const none = await log.mark();
      await sh('printf "one\\n" >"$1"');
      expect(await log.since(none)).toEqual({ text: 'one\n', complete: true });
      const mark = await log.mark();
      await sh('printf "two\\n" >>"$1"; mv "$1" "$1.1"; printf "three\\n" >"$1"');
      expect(await log.since(mark)).toEqual({ text: 'two\nthree\n', complete: true });
      const copied = await log.mark();
      await sh('cp "$1" "$1.2"; : >"$1"; printf "4\\n" >>"$1"');
      expect(await log.since(copied)).toEqual({ text: '4\n', complete: false });
    } finally {
      await sh('rm -f "$1" "$1.1" "$1.2"');
    }
  });
});

describe('options', () => {
  afterEach(async () => {
    const broken = await Promise.all(
      computes.map(async (host) => ((await nova(host).status()).state === 'running' ? [] : [host.name])),
    );
    expect(broken.flat()).toEqual([]);
  });

  it('are changed on both hosts and given back with bytes, owner and mode', async () => {
    expect(computes.length).toBeGreaterThan(1);
    const before = await states(computes);
    const journal = new MemoryJournal();
    const started = performance.now();
    {
      await using change = await changeOptions(
        computes.map((host) => ({
          service: nova(host),
          changes: [
            { section: 'compute', option: 'cpu_shared_set', value: null },
            { section: 'compute', option: 'cpu_dedicated_set', value: '2' },
            {
              section: 'pci',
              option: 'alias',
              value: [
                '{"name": "a1", "product_id": "1572", "vendor_id": "8086"}',
                '{"name": "a2", "product_id": "1573", "vendor_id": "8086"}',
              ],
            },
          ],
          ready: heartbeat(host),
        })),
        { journal },
      );
      console.log(`both changed: ${((performance.now() - started) / 1000).toFixed(2)} s`);
      for (const host of computes) {
        const config = await runningConfig(nova(host));
        expect(config.effective('compute', 'cpu_shared_set')).toBeUndefined();
        expect(config.effective('compute', 'cpu_dedicated_set')?.value).toBe('2');
        expect(config.effective('pci', 'alias')?.values).toHaveLength(2);
      }
      expect(await states(computes)).not.toEqual(before);
      expect(change.entry.hosts.map(({ host }) => host)).toEqual(computes.map(({ name }) => name));
    }
    console.log(`both given back: ${((performance.now() - started) / 1000).toFixed(2)} s`);
    expect(await states(computes)).toEqual(before);
    expect(await journal.entries()).toEqual([]);
  });

  // The first value ends the program before it says that it is ready, the second one after that and with exit code 0.
  it.each([
    ['DEFAULT', 'report_interval', 'WB_SERVICES_RESTART_FAILED', () => '3'],
    // Beside the shared set that the host has, Nova takes only others.
    ['compute', 'cpu_dedicated_set', 'WB_SERVICES_DIED', oneDedicatedCpu],
  ])('[%s] %s that ends nova-compute is given back on all hosts', async (section, option, code, good) => {
    const before = await states(computes);
    const journal = new MemoryJournal();
    const attempt = changeOptions(
      computes.map((host) => ({
        service: nova(host),
        changes: [{ section, option, value: host === quietHost() ? 'banana' : good(host) }],
        ready: heartbeat(host),
      })),
      { journal },
    );
    await expect(attempt).rejects.toMatchObject({
      code,
      host: quietHost().name,
      message: expect.stringContaining('banana') as string,
    });
    expect(await states(computes)).toEqual(before);
    expect(await journal.entries()).toEqual([]);
  });

  it('are noticed to be fatal without a probe too', async () => {
    const host = quietHost();
    const before = await states([host]);
    await expect(
      changeOptions(
        [
          {
            service: nova(host),
            changes: [{ section: 'compute', option: 'cpu_dedicated_set', value: 'banana' }],
          },
        ],
        { journal: new MemoryJournal() },
      ),
    ).rejects.toMatchObject({ code: 'WB_SERVICES_DIED' });
    expect(await states([host])).toEqual(before);
  });

  it('are given back by another process, from the entry alone', async () => {
    const host = quietHost();
    const before = await states([host]);
    const journal = new MemoryJournal();
    await changeOptions(
      [{ service: nova(host), changes: [{ section: 'DEFAULT', option: 'debug', value: 'true' }] }],
      { journal },
    );
    expect(await states([host])).not.toEqual(before);
    const results = await giveBackAll(computes, { journal });
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(await states([host])).toEqual(before);
  });
});

describe('libvirtd', () => {
  const units = async (host: Host): Promise<string> =>
    await runText(host, [
      'sh',
      '-c',
      'systemctl show -p Id,ActiveState,UnitFileState libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd-tcp.socket libvirtd-tls.socket',
    ]);

  it('stays stopped in spite of its sockets, and comes back with the same ones', async () => {
    const host = quietHost();
    const service = (await detectDeployment(host)).service('libvirt');
    const before = await units(host);
    {
      await using down = await stopped(service, { mask: true });
      expect(down.entry.hosts[0]?.services[0]?.before.units.length).toBeGreaterThan(1);
      expect((await service.status()).state).toBe('stopped');
      expect((await service.status()).masked).toBe(true);
      const virsh = await host.exec(['virsh', 'list']);
      expect(virsh.exitCode).not.toBe(0);
      expect((await service.status()).mainPid).toBeUndefined();
      await expect(service.start()).rejects.toMatchObject({ code: 'WB_SERVICES_START_FAILED' });
    }
    expect(await units(host)).toBe(before);
    await run(host, ['virsh', 'list']);
  });

  it('is stopped and started, masked and unmasked by hand', async () => {
    const host = quietHost();
    const service = new SystemdService(host, 'libvirtd');
    const before = await units(host);
    await service.stop();
    expect((await host.exec(['virsh', 'list'])).exitCode).not.toBe(0);
    await service.mask();
    expect((await service.status()).masked).toBe(true);
    await service.unmask();
    await service.start();
    expect(await units(host)).toBe(before);
    await run(host, ['virsh', 'list']);
  });
});
