import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.js';

/**
 * Where control groups of ours are made: the unified hierarchy, and on machines with the old ones systemd's and memory's.
 * Each host needs groups of its own: systemd-nspawn that is started outside of a unit would otherwise put all hosts
 * into one tree, where /system.slice/nova-compute.service of one is that of the other.
 */
export function hierarchiesFrom(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const [, , , root, mountPoint = ''] = left.split(' ');
      const [type = '', , options = ''] = right.split(' ');
      if (root !== '/') return [];
      const wanted =
        type === 'cgroup2' ||
        (type === 'cgroup' &&
          options.split(',').some((name) => name === 'name=systemd' || name === 'memory'));
      return wanted ? [mountPoint] : [];
    })
    .sort();
}

export async function cgroupHierarchies(): Promise<string[]> {
  return hierarchiesFrom(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Makes the group in every hierarchy; its folders. */
export async function makeCgroup(name: string): Promise<string[]> {
  const folders = (await cgroupHierarchies()).map((hierarchy) => join(hierarchy, name));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  return folders;
}

async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => tree(join(folder, entry.name))),
  );
  return [...below.flat(), folder];
}

/** Every process in the group and in the groups below it. */
export async function cgroupProcesses(name: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const hierarchy of await cgroupHierarchies()) {
    for (const folder of await tree(join(hierarchy, name))) {
      const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (Number(line) > 0) pids.add(Number(line));
    }
  }
  return [...pids];
}

/** Kills everything in the group until it stays empty, then removes it. The members are read anew each time, so no number is stale. */
export async function removeCgroup(name: string, deadlineMs = 20_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const pids = await cgroupProcesses(name);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    if (pids.length === 0 && (await removeFolders(name))) return;
    if (Date.now() > end) {
      throw new LabError(
        'WB_LAB_CGROUP',
        `Control group ${name} cannot be emptied: ${pids.join(', ')} stay.`,
        {
          advice: 'A process that cannot be killed waits for the kernel (look for state D in ps).',
        },
      );
    }
    await sleep(50);
  }
}

async function removeFolders(name: string): Promise<boolean> {
  let gone = true;
  for (const hierarchy of await cgroupHierarchies()) {
    const top = join(hierarchy, name);
    if (!existsSync(top)) continue;
    for (const folder of await tree(top)) await rmdir(folder).catch(() => undefined);
    gone &&= !existsSync(top);
  }
  return gone;
}

export async function cgroupExists(name: string): Promise<boolean> {
  return (await cgroupHierarchies()).some((hierarchy) => existsSync(join(hierarchy, name)));
}
