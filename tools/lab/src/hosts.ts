import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCertificate } from './certificates.js';
import { cgroupProcesses, makeCgroup, removeCgroup } from './cgroups.js';
import { shapedUnits, shapeOf } from './deployments/host-shape.js';
import type { Distribution } from './distribution.js';
import { LabError } from './errors.js';
import { run, runAnyway, startDetached } from './exec.js';
import { filesDirectory, giveTree, makeOwnedFolder, writeHostFiles } from './files.js';
import { unitsOf, type HostFile } from './host-files.js';
import { knownHosts, readHostKeys } from './keys.js';
import { machineNames, type LabPaths } from './names.js';
import type { OptionalService } from './optional-services.js';
import { bootId, isAlive, type ProcessIdentity } from './processes.js';
import type { LabSecrets } from './secrets.js';
import type { LabSettings } from './settings.js';
import { isCompute, type Host } from './lab-hosts.js';
import { nspawnStart } from './topology/topology-files.js';

/** Mount points below a folder, the last that was mounted first, out of /proc/self/mountinfo. */
export function mountsBelow(mountinfo: string, folder: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}

export async function mountPoints(folder: string): Promise<string[]> {
  return mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), folder);
}

export async function unmountBelow(folder: string): Promise<void> {
  for (const path of await mountPoints(folder)) {
    for (let attempt = 0; (await runAnyway(['umount', path])).code !== 0; attempt += 1) {
      if (attempt < 20) await sleep(100);
      else {
        await run(['umount', '--lazy', path]);
        break;
      }
    }
  }
}

export async function mountBase(paths: LabPaths, rootfs: string): Promise<void> {
  await mkdir(paths.base, { recursive: true });
  if ((await mountPoints(paths.base)).length === 0) {
    await run(['mount', '-t', 'squashfs', '-o', 'loop,ro', rootfs, paths.base]);
  }
}

/** What a host can write, in GiB. As a disk of its own, so that one can be full, and Nova does not count the machine's for each. */
const diskSize = 30;

/** A disk that takes room on the machine only for what is on it, and none is kept for root. */
async function ensureDisk(paths: LabPaths, host: string): Promise<void> {
  const own = paths.host(host);
  await mkdir(own.disk, { recursive: true });
  if ((await mountPoints(own.disk)).length > 0) return;
  if (!existsSync(own.diskImage)) {
    const image = `${own.diskImage}.new`;
    await run(['truncate', `--size=${diskSize}G`, image]);
    // What it is for can be made anew: no journal.
    await run(['mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal', '-E', 'lazy_itable_init=1', image]);
    await rename(image, own.diskImage);
  } else await checkDisk(own.diskImage, host);
  await run(['mount', '-t', 'ext4', '-o', 'loop,noatime,discard', own.diskImage, own.disk]);
}

/** A moment for a disk that was unmounted; one that was not, because the machine went off, is mended. */
async function checkDisk(image: string, host: string): Promise<void> {
  const { code, stdout } = await runAnyway(['e2fsck', '-p', image], { timeoutMs: 300_000 });
  // 1: mended
  if (code <= 1) return;
  throw new LabError('WB_LAB_DISK', `The disk of ${host} cannot be used:\n${stdout.trim()}`, {
    advice: 'Use "up --fresh" to make the lab anew.',
  });
}

export async function mountHost(paths: LabPaths, host: string): Promise<void> {
  const own = paths.host(host);
  await ensureDisk(paths, host);
  for (const folder of [own.upper, own.work, own.root]) await mkdir(folder, { recursive: true });
  if ((await mountPoints(own.root)).length > 0) return;
  const layers = `lowerdir=${paths.base},upperdir=${own.upper},workdir=${own.work}`;
  await run(['mount', '-t', 'overlay', '-o', layers, 'overlay', own.root]);
}

/** The process of systemd-nspawn that carries the host, if it lives. */
export async function runningHost(paths: LabPaths, host: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(paths.host(host).pid, 'utf8').catch(() => '');
  const [pid = '', startTime = ''] = text.trim().split(' ');
  const identity = { pid: Number(pid), startTime, bootId: bootId() };
  return startTime !== '' && isAlive(identity) ? identity : undefined;
}

export interface Preparation {
  readonly distribution: Distribution;
  readonly secrets: LabSecrets;
  readonly files: readonly HostFile[];
  readonly hosts: readonly Host[];
  readonly rootLogin: boolean;
  readonly services: readonly OptionalService[];
  readonly openrc: string;
}

/** Makes a mounted root filesystem this lab's and this host's. Done again from the start if it was cut short. */
export async function prepareHost(paths: LabPaths, host: Host, preparation: Preparation): Promise<void> {
  const { distribution, secrets } = preparation;
  const { root, prepared } = paths.host(host.name);
  const { operator, nova, keystone, rabbitmq, vnc } = distribution;
  const all = await Promise.all(
    preparation.hosts.map(async (each) => ({ ...each, keys: await readHostKeys(paths, each.name) })),
  );
  const own = (path: string, content: string, account: string, mode = 0o600): HostFile => ({
    path,
    content,
    owner: account,
    group: account,
    mode,
  });
  const key = (path: string) => readFile(path, 'utf8');
  const files: HostFile[] = [...preparation.files];
  for (const { type, privateKey, publicKey } of all.find(({ name }) => name === host.name)?.keys ?? []) {
    files.push(own(`/etc/ssh/ssh_host_${type}_key`, privateKey, 'root'));
    files.push(own(`/etc/ssh/ssh_host_${type}_key.pub`, publicKey, 'root', 0o644));
  }
  files.push(own('/etc/ssh/ssh_known_hosts', knownHosts(all), 'root', 0o644));
  const operatorPublic = await key(`${paths.operatorKey}.pub`);
  await makeOwnedFolder(root, join(operator.home, '.ssh'), operator.name, 0o700);
  const novaPublic = await key(`${paths.novaKey}.pub`);
  const shape = host.roles.length === 0 ? undefined : shapeOf(host);
  const alsoNova = shape?.computeAccount === operator.name;
  const letIn = alsoNova ? `${operatorPublic}${novaPublic}` : operatorPublic;
  files.push(own(join(operator.home, '.ssh/authorized_keys'), letIn, operator.name));
  if (alsoNova) {
    files.push(own(join(operator.home, '.ssh/id_ed25519'), await key(paths.novaKey), operator.name));
  }
  if (preparation.rootLogin) {
    await makeOwnedFolder(root, '/root/.ssh', 'root', 0o700);
    files.push(own('/root/.ssh/authorized_keys', operatorPublic, 'root'));
  }
  if (isCompute(host)) {
    const { authority, certificate, key: privateKey } = await readCertificate(paths, host.name);
    files.push(own(`${vnc.certificates}/ca-cert.pem`, authority, vnc.account, 0o644));
    files.push(own(`${vnc.certificates}/server-cert.pem`, certificate, vnc.account, 0o644));
    files.push(own(`${vnc.certificates}/server-key.pem`, privateKey, vnc.account));
  }
  await makeOwnedFolder(root, join(nova.home, '.ssh'), nova.account, 0o700);
  files.push(own(join(nova.home, '.ssh/id_ed25519'), await key(paths.novaKey), nova.account));
  files.push(own(join(nova.home, '.ssh/authorized_keys'), novaPublic, nova.account));
  if (host.roles.includes('control')) {
    files.push(own(join(operator.home, 'openrc'), preparation.openrc, operator.name));
    files.push(own(rabbitmq.cookie, secrets.erlangCookie, rabbitmq.account, 0o400));
    for (const [folder, keys] of [
      [keystone.fernetKeys, secrets.fernetKeys],
      [keystone.credentialKeys, secrets.credentialKeys],
    ] as const) {
      await makeOwnedFolder(root, folder, keystone.account, 0o700);
      for (const [index, value] of keys.entries())
        files.push(own(`${folder}/${index}`, value, keystone.account));
    }
  }
  for (const path of shape?.absent ?? []) await rm(join(root, path), { force: true });
  for (const { from, to } of shape?.copies ?? []) {
    await mkdir(join(root, dirname(to)), { recursive: true });
    await run(['cp', '--archive', join(root, from), join(root, to)]);
  }
  for (const { path, account, mode } of shape?.folders ?? [])
    await makeOwnedFolder(root, path, account, mode);
  await writeHostFiles(root, files);
  for (const { path, account } of shape?.trees ?? []) await giveTree(root, path, account);
  const units = shapedUnits(unitsOf(distribution, host.roles, preparation.services), host);
  if (units.length > 0) await run(['systemctl', `--root=${root}`, '--quiet', 'enable', ...units]);
  await writeFile(prepared, '');
}

export async function startHost(
  settings: LabSettings,
  distribution: Distribution,
  paths: LabPaths,
  host: Host,
): Promise<void> {
  const { name } = host;
  const names = machineNames(settings);
  const own = paths.host(name);
  const groups = await makeCgroup(names.hostCgroup(name));
  await rm(own.pid, { force: true });
  const volumes = settings.services.includes('volumes');
  if (volumes) await mkdir(paths.volumes, { recursive: true });
  await startDetached(
    [
      ...[join(filesDirectory, 'machine', 'run-in-cgroups.sh'), own.pid, ...groups, '--'],
      ...['unshare', '--mount', '--propagation', 'private'],
      ...[join(filesDirectory, 'machine', 'own-mounts.sh'), own.root],
      ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', `--directory=${own.root}`],
      ...[`--machine=${names.machine(name)}`, `--hostname=${name}`],
      `--network-namespace-path=/run/netns/${names.hostNamespace(name)}`,
      ...['--capability=all', '--resolv-conf=off', '--timezone=off', '--link-journal=no', '--console=pipe'],
      ...(existsSync('/dev/kvm') ? ['--bind=/dev/kvm'] : []),
      // Cinder's share, and what the mount of it wants (files/root/usr/local/sbin/lab-mount-nfs).
      ...(volumes ? [`--bind=${paths.volumes}:${distribution.volumesFolder}`, '--bind=/dev/fuse'] : []),
      ...nspawnStart(host.topology),
    ],
    own.console,
    // nspawn's own filter of system calls would hit QEMU and libvirt (mbind, move_pages).
    { SYSTEMD_SECCOMP: '0', SYSTEMD_NSPAWN_LOCK: '0' },
  );
}

/** An orderly shutdown if there is time for it; in the end nothing of the host runs, whatever it was doing. */
export async function stopHost(
  settings: Pick<LabSettings, 'name'>,
  paths: LabPaths,
  host: string,
  graceMs: number,
): Promise<void> {
  const identity = await runningHost(paths, host);
  if (identity !== undefined && graceMs > 0) {
    // systemd-nspawn passes this on to the host's systemd as a wish to power off.
    process.kill(identity.pid, 'SIGTERM');
    for (const end = Date.now() + graceMs; isAlive(identity) && Date.now() < end;) await sleep(50);
  }
  await removeCgroup(machineNames(settings).hostCgroup(host));
  await unmountBelow(paths.host(host).directory);
  await rm(paths.host(host).pid, { force: true });
}

export async function hostProcesses(settings: Pick<LabSettings, 'name'>, host: string): Promise<number[]> {
  return await cgroupProcesses(machineNames(settings).hostCgroup(host));
}
