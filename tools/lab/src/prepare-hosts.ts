import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { makeCertificates } from './certificates.js';
import { run } from './exec.js';
import { clearFaults } from './faults/faults.js';
import { readTemplates } from './files.js';
import { firstStartSql } from './first-start.js';
import { hostFiles } from './host-files.js';
import { mountBase, mountHost, prepareHost, runningHost, stopHost, unmountBelow } from './hosts.js';
import { makeKeys } from './keys.js';
import { apiAddress, isCompute, type Host } from './lab-hosts.js';
import type { LabPaths } from './names.js';
import { ensureHostNetwork, ensureNetwork, removeHostNetwork } from './network.js';
import { openrc } from './access-files.js';
import type { OutputContext } from './output-context.js';
import type { Progress } from './progress.js';
import type { LabSettings } from './settings.js';
import { allOf } from './stages.js';

export async function hostsThatDoNotRun(paths: LabPaths, hosts: readonly Host[]): Promise<Host[]> {
  const running = await Promise.all(hosts.map(({ name }) => runningHost(paths, name)));
  return hosts.filter((_host, index) => running[index] === undefined);
}

/**
 * Makes the file systems of hosts, and what connects them; those that were prepared before keep what is on them.
 *
 * @param stopped those of the lab's hosts that do not run
 * @param cpus of the machine
 */
export async function prepareHosts(
  context: OutputContext,
  stopped: readonly Host[],
  rootfs: string,
  cpus: number,
  progress: Progress,
): Promise<void> {
  const { settings, paths, distribution, hosts, secrets } = context;
  const names = hosts.map(({ name }) => name);
  for (const host of stopped) await clearRemains(settings, paths, host.name);
  await allOf([
    makeKeys(paths, settings.name, names),
    makeCertificates(paths, settings.name, hosts.filter(isCompute)),
    mountBase(paths, rootfs),
    ensureNetwork(settings).then(async () => {
      // One after another: both put cables into the same bridges.
      for (const host of stopped) await ensureHostNetwork(settings, host, hosts);
    }),
  ]);
  const templates = await readTemplates();
  await allOf(
    stopped.map(async (host) => {
      if (!existsSync(paths.host(host.name).prepared)) await clearHost(paths, host.name);
      await mountHost(paths, host.name);
      for (const { kind } of await clearFaults(paths, host.name)) {
        progress.note(`${host.name} starts without the fault ${kind}.`);
      }
      if (existsSync(paths.host(host.name).prepared)) return;
      const files = hostFiles(
        {
          distribution,
          templates,
          hosts,
          secrets,
          cpus,
          virtType: 'qemu',
          rootLogin: settings.rootLogin,
          services: settings.services,
          firstStart: firstStartSql(secrets, apiAddress(hosts), settings.services),
        },
        host,
      );
      await prepareHost(paths, host, {
        distribution,
        secrets,
        files,
        hosts,
        rootLogin: settings.rootLogin,
        services: settings.services,
        openrc: openrc(context),
      });
    }),
  );
}

/** What a host that ended on its own has left: processes, its network. */
async function clearRemains(settings: LabSettings, paths: LabPaths, host: string): Promise<void> {
  await stopHost(settings, paths, host, 0);
  await removeHostNetwork(settings, host);
}

/** A host whose preparation was cut short begins anew. */
async function clearHost(paths: LabPaths, host: string): Promise<void> {
  const own = paths.host(host);
  await unmountBelow(own.directory);
  await run(['rm', '-rf', '--one-file-system', own.directory]);
  await mkdir(own.directory, { recursive: true });
}
