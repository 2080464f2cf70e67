import { describe, expect, it } from 'vitest';
import { parseIndexTargets, sourceLines } from './apt.js';
import { hierarchiesFrom } from './cgroups.js';
import { findObstacles, unfit, type MachineFacts } from './obstacles.js';
import { debian12 } from './distribution.js';
import { mountsBelow } from './hosts.js';

const gib = 2 ** 30;
const fit: MachineFacts = {
  platform: 'linux',
  architecture: 'x64',
  root: true,
  apt: true,
  suiteKnown: true,
  cpus: 2,
  memory: 6 * gib,
  hosts: 2,
  emulation: true,
  userNotification: true,
  directoryDisk: 20 * gib,
  directoryOnOverlay: false,
  cacheDisk: 20 * gib,
  filesystems: ['overlay', 'squashfs', 'ext4'],
  loop: true,
  fuse: true,
  cgroups: 1,
  missingLinks: [],
};

describe('obstacles of a machine', () => {
  it('are none where everything is there', () => {
    expect(findObstacles(fit, debian12)).toEqual([]);
  });

  it.each<[Partial<MachineFacts>, string]>([
    [{ platform: 'darwin', filesystems: [], loop: false }, 'runs on Linux; this is darwin'],
    [{ architecture: 'arm64' }, 'this machine is arm64'],
    [{ root: false }, 'Not root'],
    [{ apt: false }, 'no apt-get'],
    [{ suiteKnown: false }, 'no release "bookworm"'],
    [{ cpus: 1 }, '1 CPU is usable, 2 are needed'],
    [{ memory: 4 * gib }, '4.0 GiB of memory; 5.5 GiB are needed for 2 hosts'],
    [{ hosts: 3 }, '6.0 GiB of memory; 6.1 GiB are needed for 3 hosts'],
    [{ userNotification: false }, 'no user notification for seccomp'],
    [{ directoryDisk: gib }, '--directory'],
    [{ cacheDisk: gib }, '--cache'],
    [{ directoryOnOverlay: true }, 'on an overlay filesystem'],
    [{ filesystems: ['squashfs', 'ext4'] }, 'no overlay filesystem'],
    [{ filesystems: ['overlay', 'ext4'] }, 'no squashfs filesystem'],
    [{ filesystems: ['overlay', 'squashfs'] }, 'no ext4 filesystem'],
    [{ loop: false }, '/dev/loop-control'],
    [{ fuse: false }, '--without volumes'],
    [{ cgroups: 0 }, '/sys/fs/cgroup'],
    [{ missingLinks: ['vxlan'] }, 'of type vxlan'],
  ])('%j', (difference, text) => {
    expect(findObstacles({ ...fit, ...difference }, debian12)).toEqual([expect.stringContaining(text)]);
  });

  it('do not ask for FUSE in a lab without volumes', () => {
    expect(findObstacles({ ...fit, fuse: undefined }, debian12)).toEqual([]);
  });

  it('do not ask for the cache when the root filesystem is built already', () => {
    expect(findObstacles({ ...fit, cacheDisk: undefined }, debian12)).toEqual([]);
  });

  it('are all in one error, with the documented exit code', () => {
    const error = unfit(findObstacles({ ...fit, cpus: 1, root: false }, debian12));
    expect(error.exitCode).toBe(4);
    expect(error.message.split('\n')).toHaveLength(3);
  });
});

describe('sources of packages', () => {
  const target = (uri: string, release: string, signedBy = '', trusted = '') =>
    [uri, release, 'main', signedBy, trusted].join('\t');

  it('are those of the machine, for the release and its updates', () => {
    const sources = parseIndexTargets(
      [
        target(
          'http://deb.example.org/debian/',
          'bookworm',
          '/usr/share/keyrings/debian-archive-keyring.gpg',
        ),
        target('http://deb.example.org/debian/', 'bookworm-updates'),
        target('http://mirror/security/', 'bookworm-security', '-----BEGIN PGP', 'yes'),
        target('https://node.example.org/node_20.x/', 'nodistro'),
        '',
      ].join('\n'),
    );
    expect(sourceLines(sources, debian12)).toEqual([
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.example.org/debian/ bookworm main',
      'deb http://deb.example.org/debian/ bookworm-updates main',
      'deb [trusted=yes] http://mirror/security/ bookworm-security main',
    ]);
  });

  it('are none where the machine does not know the release', () => {
    expect(sourceLines(parseIndexTargets(target('http://x/', 'trixie')), debian12)).toEqual([]);
    expect(sourceLines(parseIndexTargets(target('http://x/', 'bookworm-updates')), debian12)).toEqual([]);
  });
});

describe('control group hierarchies', () => {
  it('are the unified one of a new machine', () => {
    expect(
      hierarchiesFrom('30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n'),
    ).toEqual(['/sys/fs/cgroup']);
  });

  it("are systemd's, memory's and the unified one of an old machine, where they are mounted whole", () => {
    const mountinfo = [
      '32 31 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu',
      '33 31 0:29 / /sys/fs/cgroup/memory rw shared:1 master:2 - cgroup cgroup rw,memory',
      '34 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd',
      '35 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 unified rw',
      '36 31 0:30 /lab-x /elsewhere rw - cgroup systemd rw,name=systemd',
    ].join('\n');
    expect(hierarchiesFrom(mountinfo)).toEqual([
      '/sys/fs/cgroup/memory',
      '/sys/fs/cgroup/systemd',
      '/sys/fs/cgroup/unified',
    ]);
  });
});

describe('mounts', () => {
  it('below a folder come the last mounted first, and a name that only begins like it is not below it', () => {
    const line = (path: string) => `1 2 0:1 / ${path} rw - ext4 x rw`;
    const mountinfo = ['/lab', '/lab/base', '/lab/hosts/a/disk', '/lab/hosts/a/root', '/labor']
      .map(line)
      .join('\n');
    expect(mountsBelow(mountinfo, '/lab')).toEqual([
      '/lab/hosts/a/root',
      '/lab/hosts/a/disk',
      '/lab/base',
      '/lab',
    ]);
  });
});
