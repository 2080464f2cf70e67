import { existsSync } from 'node:fs';
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { CpuSet } from '@whitebox/core';
import { aptSources, sourceLines } from './apt.js';
import { cgroupHierarchies } from './cgroups.js';
import type { Distribution } from './distribution.js';
import { runAnyway } from './exec.js';
import type { Host } from './lab-hosts.js';
import type { MachineFacts } from './obstacles.js';
import { findProgram } from './programs.js';
import type { LabSettings } from './settings.js';

/** CPUs that programs started here may run on. */
export async function usableCpus(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  return list === undefined ? [...Array(availableParallelism()).keys()] : [...CpuSet.parse(list, 'kernel')];
}

/** OVERLAYFS_SUPER_MAGIC of linux/magic.h */
const overlayMagic = 0x794c7630;

/** Of the filesystem that a folder lies on, or will. */
async function filesystemOf(path: string): Promise<{ freeBytes: number; overlay: boolean }> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize, type } = await statfs(existing);
  return { freeBytes: bavail * bsize, overlay: type === overlayMagic };
}

const linkKinds = ['bridge', 'veth', 'vxlan'];

/** Tries in a network namespace that is gone with the shell. */
async function kindsThatFail(): Promise<string[]> {
  if (!(await findProgram('ip')) || !(await findProgram('unshare'))) return [];
  const script =
    'ip link add probe0 type bridge || echo bridge; ip link add probe1 type veth peer name probe2 || echo veth; ' +
    'ip link add probe3 type vxlan id 1 dstport 4789 || echo vxlan';
  const { stdout, code } = await runAnyway(['unshare', '--net', 'sh', '-c', script]);
  return code === 0
    ? stdout.split('\n').filter((word) => linkKinds.includes(word))
    : ['veth (unshare --net fails)'];
}

export async function machineFacts(
  settings: LabSettings,
  distribution: Distribution,
  hosts: readonly Host[],
  cached: boolean,
): Promise<MachineFacts> {
  const linux = process.platform === 'linux';
  const root = linux && process.getuid?.() === 0;
  const apt = linux && (await findProgram('apt-get'));
  // Modules that nobody has used yet are not in /proc/filesystems; where nothing can be loaded, that list is all there is.
  if (root)
    await runAnyway([
      'sh',
      '-c',
      'modprobe -q -a overlay squashfs ext4 loop fuse bridge veth vxlan 2>/dev/null; :',
    ]);
  const filesystems = (await readFile('/proc/filesystems', 'utf8').catch(() => '')).split(/\s+/);
  const seccompActions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => '');
  const sources = apt ? sourceLines(await aptSources(), distribution) : [];
  const writable = root ? await writableHierarchies() : 0;
  const directory = await filesystemOf(settings.directory);
  return {
    platform: process.platform,
    architecture: process.arch,
    root,
    apt,
    suiteKnown: sources.length > 0,
    cpus: (await usableCpus()).length,
    memory: totalmem(),
    hosts: hosts.length,
    emulation: hosts.some(({ topology }) => topology !== undefined),
    userNotification: seccompActions.includes('user_notif'),
    directoryDisk: directory.freeBytes,
    directoryOnOverlay: directory.overlay,
    cacheDisk: cached ? undefined : (await filesystemOf(settings.cacheDirectory)).freeBytes,
    filesystems,
    loop: existsSync('/dev/loop-control'),
    fuse: settings.services.includes('volumes') ? existsSync('/dev/fuse') : undefined,
    cgroups: writable,
    missingLinks: root ? await kindsThatFail() : [],
  };
}

async function writableHierarchies(): Promise<number> {
  let count = 0;
  for (const folder of await cgroupHierarchies()) {
    const ok = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (ok) count += 1;
  }
  return count;
}
