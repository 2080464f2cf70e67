import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './exec.js';
import type { LabPaths } from './names.js';
import { guestUser } from './rootfs.js';
import { imageNames } from './seed.js';

export const imageFile = (paths: LabPaths, name: string) => join(paths.images, `${name}.qcow2`);

/** Makes the guests' disks with the tools of the root filesystem, which stays as it is: it is read-only. */
export async function makeGuestImages(paths: LabPaths): Promise<void> {
  await mkdir(paths.images, { recursive: true });
  const key = await readFile(`${paths.guestKey}.pub`, 'utf8');
  await Promise.all(
    imageNames.map(async (name) => {
      if (existsSync(imageFile(paths, name))) return;
      const out = join(paths.images, `${name}.out`);
      await rm(out, { recursive: true, force: true });
      await mkdir(out);
      // In a mount namespace of its own: the kernel's file systems, and a place to write that ends up in the lab's directory.
      const script =
        'mount -t proc proc "$1/proc"; mount -t tmpfs tmpfs "$1/tmp"; mount -t tmpfs tmpfs "$1/run"; ' +
        'mount --bind /dev "$1/dev"; mkdir "$1/run/lab-images"; mount --bind "$2" "$1/run/lab-images"; ' +
        'exec chroot "$1" /usr/local/sbin/lab-make-image "$3" "$4"';
      await run(
        [
          ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh'],
          ...[paths.base, out, name, guestUser],
        ],
        { input: key },
      );
      await rename(join(out, `${name}.qcow2`), imageFile(paths, name));
      await rm(out, { recursive: true });
    }),
  );
}
