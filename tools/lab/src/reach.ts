import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.js';
import { runAnyway } from './exec.js';
import { runningHost } from './hosts.js';
import { knownHosts, readHostKeys } from './keys.js';
import type { LabPaths } from './names.js';
import { sshConfig } from './access-files.js';
import type { OutputContext } from './output-context.js';
import { writeAtomically } from './state.js';

/** What is needed to reach the hosts, before the cloud answers. */
export async function writeReachFiles(context: OutputContext): Promise<void> {
  const { paths, hosts } = context;
  const all = await Promise.all(
    hosts.map(async (host) => ({ ...host, keys: await readHostKeys(paths, host.name) })),
  );
  await writeAtomically(paths.knownHosts, knownHosts(all), 0o644);
  await writeAtomically(paths.sshConfig, sshConfig(context), 0o644);
}

/** @throws LabError `WB_LAB_HOST` when it has ended, or lets nobody in within two minutes */
export async function waitForSsh(
  paths: LabPaths,
  host: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const argv = ['ssh', '-F', paths.sshConfig, '-o', 'ConnectTimeout=2', '-o', 'BatchMode=yes', host, 'true'];
  const end = Date.now() + 120_000;
  for (;;) {
    const { code, stderr } = await runAnyway(argv, { signal, timeoutMs: 30_000 });
    if (code === 0) return;
    if ((await runningHost(paths, host)) === undefined && Date.now() > end - 115_000) {
      const log = await readFile(paths.host(host).console, 'utf8').catch(() => '');
      throw new LabError('WB_LAB_HOST', `Host ${host} has ended:\n${log.split('\n').slice(-15).join('\n')}`, {
        advice: `Its console: ${paths.host(host).console}`,
      });
    }
    if (Date.now() > end) {
      throw new LabError('WB_LAB_HOST', `Host ${host} does not let us in: ${stderr.trim()}`, {
        advice: `Its console: ${paths.host(host).console}`,
      });
    }
    // A host without sshd yet refuses at once, and the CPUs are for its boot.
    await sleep(200, undefined, { signal });
  }
}
