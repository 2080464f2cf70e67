import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptProxyOptions, aptSources, sourceLines } from './apt.js';
import { makeCgroup, removeCgroup } from './cgroups.js';
import type { Distribution } from './distribution.js';
import { LabError } from './errors.js';
import { run, runLogged } from './exec.js';
import { filesDirectory, readTemplates, readTree, topologyDirectory, writeHostFiles } from './files.js';
import { hostFiles, type HostFile, type HostFileContext } from './host-files.js';
import { withLock } from './lock.js';
import { machineNames } from './names.js';
import { optionalServices } from './optional-services.js';
import type { LabSecrets } from './secrets.js';
import type { LabSettings } from './settings.js';
import { allOf, type Stages } from './stages.js';
import { controllerName, type Host } from './lab-hosts.js';

// The root filesystem of the hosts: built once, kept as one squashfs file whose name tells what went into it. It holds no
// secret and no address of any lab.

export const guestUser = 'guest';

/** Key of a root filesystem: same inputs, same key. */
function rootfsKey(inputs: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

export interface RootfsPlan {
  readonly path: string;
  readonly sources: readonly string[];
}

export async function planRootfs(cacheDirectory: string, distribution: Distribution): Promise<RootfsPlan> {
  const sources = sourceLines(await aptSources(), distribution);
  const files = await readTree(filesDirectory);
  const emulator = await readTree(join(topologyDirectory, 'src'));
  const key = rootfsKey({
    distribution,
    sources,
    files,
    emulator,
    golden: await goldenFiles(distribution),
    guestUser,
  });
  return { path: join(cacheDirectory, `${distribution.suite}-${key}.squashfs`), sources };
}

/**
 * Builds the root filesystem unless the cache has it. Whoever is killed in here leaves a work folder, which the next one
 * removes together with the processes that it names; the finished file appears by a rename.
 */
export async function ensureRootfs(
  settings: LabSettings,
  distribution: Distribution,
  plan: RootfsPlan,
  stages: Stages,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (existsSync(plan.path)) return;
  await mkdir(settings.cacheDirectory, { recursive: true });
  const lock = join(settings.cacheDirectory, 'lock');
  await withLock(lock, { doing: 'build the root filesystem', onWait, signal }, async () => {
    // Somebody else may have built it while we waited.
    if (existsSync(plan.path)) return;
    await removeAbandonedBuilds(settings.cacheDirectory);
    const work = join(settings.cacheDirectory, `work-${process.pid}`);
    const cgroup = machineNames(settings).buildCgroup;
    await mkdir(work);
    await writeFile(join(work, 'cgroup'), cgroup);
    const stop = () => void removeCgroup(cgroup).catch(() => undefined);
    signal?.addEventListener('abort', stop);
    try {
      await build(settings, distribution, plan, stages, work);
      await pruneCache(settings.cacheDirectory);
    } finally {
      signal?.removeEventListener('abort', stop);
      await removeBuild(work);
    }
  });
}

/** Root filesystems from which labs run now. */
export async function usedRootfs(): Promise<Set<string>> {
  const devices = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'));
  const files = await Promise.all(
    devices.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')),
  );
  return new Set(files.map((file) => file.trim()).filter((file) => file !== ''));
}

/** Keeps the two newest, and those that are in use. */
async function pruneCache(cacheDirectory: string): Promise<void> {
  const names = (await readdir(cacheDirectory)).filter((name) => name.endsWith('.squashfs'));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(cacheDirectory, name);
      return { path, time: (await stat(path)).mtimeMs };
    }),
  );
  const used = await usedRootfs();
  for (const { path } of files.sort((a, b) => b.time - a.time).slice(2)) {
    if (!used.has(path)) await rm(path);
  }
}

async function removeBuild(work: string): Promise<void> {
  const cgroup = await readFile(join(work, 'cgroup'), 'utf8').catch(() => '');
  if (cgroup !== '') await removeCgroup(cgroup);
  // Mounts of a build are in namespaces of its own and end with its processes.
  await run(['rm', '-rf', '--one-file-system', work], { timeoutMs: 300_000 });
}

/** Only with the cache's lock held: then every work folder is somebody's who is dead. */
export async function removeAbandonedBuilds(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory).catch((): string[] => [])) {
    if (name.startsWith('work-')) await removeBuild(join(cacheDirectory, name));
  }
}

async function build(
  settings: LabSettings,
  distribution: Distribution,
  plan: RootfsPlan,
  stages: Stages,
  work: string,
): Promise<void> {
  const root = join(work, 'root');
  const archives = join(settings.cacheDirectory, 'archives');
  await mkdir(archives, { recursive: true });
  const groups = await makeCgroup(machineNames(settings).buildCgroup);
  const env = {
    ROOT: root,
    WORK: work,
    ARCHIVES: archives,
    FILES: filesDirectory,
    TOPOLOGY: topologyDirectory,
    SUITE: distribution.suite,
    SOURCES: plan.sources.join('\n'),
    APT_OPTIONS: (await aptProxyOptions()).join('\n'),
    PACKAGES: distribution.packages.join(' '),
    GUEST_KERNEL: distribution.guest.kernelPackage,
    GUEST_PACKAGES: distribution.guest.packages.join(' '),
    GUEST_MODULES: distribution.guest.modules.join(' '),
    GUEST_USER: guestUser,
    LIBRARIES: distribution.guest.libraries,
    USER_NAME: distribution.operator.name,
    USER_GROUPS: distribution.operator.groups.join(','),
    KEEP_ENABLED: distribution.keepEnabled.join(' '),
    DISABLED_UNITS: distribution.disabledUnits.join(' '),
    MASKED_UNITS: distribution.maskedUnits.join(' '),
    EBTABLES: distribution.ebtables,
    OUTPUT: join(work, 'rootfs.squashfs'),
  };
  const script = (name: string, namespaces: readonly string[] = []) =>
    stages.run(name, async (log) => {
      await rm(log, { force: true });
      const code = await runLogged(
        [
          ...[join(filesDirectory, 'machine', 'run-in-cgroups.sh'), '', ...groups, '--'],
          ...[
            'unshare',
            '--mount',
            '--propagation',
            'private',
            '--pid',
            '--fork',
            '--kill-child',
            '--mount-proc',
          ],
          ...namespaces,
          ...['bash', join(filesDirectory, 'build', `${name}.sh`)],
        ],
        log,
        env,
      );
      if (code !== 0) throw new LabError('WB_LAB_BUILD', `${name}.sh ended with exit code ${code}.`);
    });
  await allOf([script('base'), script('download')]);
  await script('packages');
  await script('config');
  await writeHostFiles(root, await goldenFiles(distribution));
  await allOf([script('guest'), script('topology'), script('golden', ['--net', '--uts', '--ipc'])]);
  await script('pack');
  await rename(env.OUTPUT, plan.path);
}

/** Secrets of the build; every lab replaces them all (first-start.ts). */
const goldenSecrets: LabSecrets = {
  keystone: {
    admin: 'golden',
    demo: 'golden',
    nova: 'golden',
    glance: 'golden',
    placement: 'golden',
    neutron: 'golden',
    cinder: 'golden',
    barbican: 'golden',
  },
  database: {
    root: 'golden',
    whitebox: 'golden',
    keystone: 'golden',
    nova: 'golden',
    glance: 'golden',
    placement: 'golden',
    neutron: 'golden',
    cinder: 'golden',
    barbican: 'golden',
  },
  rabbitmq: 'golden',
  erlangCookie: 'golden',
  barbicanKey: '',
  fernetKeys: ['', ''],
  credentialKeys: ['', ''],
  machineIds: { controller: '' },
};

/** The control host's configuration with the loopback as its network, for the golden databases. */
async function goldenFiles(distribution: Distribution): Promise<HostFile[]> {
  const host: Host = {
    name: controllerName,
    address: '127.0.0.1',
    roles: ['control', 'compute'],
    cpuSets: { dedicated: '0', shared: '1' },
    reservedMemoryMib: 512,
  };
  const context: HostFileContext = {
    distribution,
    templates: await readTemplates(),
    hosts: [host],
    secrets: goldenSecrets,
    cpus: 4,
    virtType: 'qemu',
    rootLogin: false,
    services: optionalServices,
    firstStart: '',
  };
  return hostFiles(context, host);
}
