import type { Host, Limited } from '@whitebox/host';
import { KernelError, unreadable } from './errors.js';
import { runScript } from './kernel-files.js';
import type { FileIdentity } from './open-files.js';

/** Files and block devices of the disks of a running guest, as its QEMU sees them. */
export interface GuestFiles {
  /** Path in the domain XML -> which file that is; null: there is none of that name. */
  readonly named: ReadonlyMap<string, FileIdentity | null>;
  /** What QEMU has open. */
  readonly open: ReadonlySet<FileIdentity>;
}

// The paths are those of libvirt's own status file, so that no second round trip is needed for them; they are looked up
// in QEMU's mount namespace, where /dev is another one.
export const guestFilesScript = `
pid=$(cat "/run/libvirt/qemu/$1.pid") || exit 66
[ -d "/proc/$pid/fd" ] || exit 66
grep -ao "<source \\(file\\|dev\\)='/[^']*'" "/run/libvirt/qemu/$1.xml" | sort -u | cut -d "'" -f 2 |
  sed "s/&apos;/'/g; s/&quot;/\\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\\&/g" |
  while IFS= read -r path; do
    if said=$(stat -L -c '%d:%i' -- "/proc/$pid/root$path" 2>&1); then echo "named $said $path"
    else case $said in *'No such file'*) echo "missing - $path" ;; *) echo "$said" >&2 ;; esac; fi
  done
find -L "/proc/$pid/fd" -maxdepth 1 "(" -type f -o -type b ")" -exec stat -L -c 'open %d:%i' {} + 2>/dev/null
true`;

/**
 * In one command. A path that could not be looked up is in neither.
 *
 * @param domain the name of the libvirt domain
 * @throws KernelError `WB_KERNEL_NO_PROCESS`; HostError
 */
export async function readGuestFiles(
  host: Host,
  { domain }: { readonly domain: string },
  limits: Limited = {},
): Promise<GuestFiles> {
  const { stdout, stderr, exitCode } = await runScript(host, guestFilesScript, [domain], limits);
  if (exitCode === 66)
    throw new KernelError({
      code: 'WB_KERNEL_NO_PROCESS',
      action: `read the files of domain ${domain}`,
      host: host.name,
      observed: stderr.trim().slice(0, 500),
      advice: 'It may have ended, or run on another host; list the domains with virsh.',
    });
  return guestFilesOf(stdout, host.name);
}

/** @param printed lines "named ID PATH", "missing - PATH" and "open ID" */
export function guestFilesOf(printed: string, host: string): GuestFiles {
  const named = new Map<string, FileIdentity | null>();
  const open = new Set<FileIdentity>();
  for (const line of printed.split('\n').filter((text) => text !== '')) {
    const [, kind, device, inode, path] =
      /^(named|missing|open) (?:(\d+):(\d+)|-)(?: (\/.*))?$/.exec(line) ?? [];
    const identity: FileIdentity = `${Number(device)}:${Number(inode)}`;
    if (kind === 'open' && inode !== undefined) open.add(identity);
    else if (kind === 'named' && inode !== undefined && path !== undefined) named.set(path, identity);
    else if (kind === 'missing' && path !== undefined) named.set(path, null);
    else throw unreadable('read the files of a guest', host, JSON.stringify(line.slice(0, 200)));
  }
  return { named, open };
}
