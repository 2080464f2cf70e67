import { fileIdentity, readOpenFiles, type FileIdentity, type OpenFile } from '@whitebox/kernel';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';

/** A disk of a domain XML that is a file or block device of the host. */
export interface DiskFile {
  readonly target: string;
  readonly path: string;
  /** undefined: there is no such file. */
  readonly identity: FileIdentity | undefined;
}

/**
 * That every file which the domain XML names exists and is the one that QEMU has open: a directory of disks that was removed
 * under a running guest leaves it with deleted files until its next start (lp#1550919, lp#2080436).
 */
export async function expectDisksOpen(server: TestServer): Promise<void> {
  const { machine } = server.host;
  const { devices } = await server.xml();
  const files: DiskFile[] = [];
  for (const { source, targetDev } of devices.disks) {
    if (source?.path === undefined) continue;
    const identity = await fileIdentity(machine, source.path);
    files.push({ target: targetDev, path: source.path, identity });
  }
  const differences = diskDifferences(files, await readOpenFiles(machine, { domain: server.domain }));
  expect(differences, `disks of ${server.name}:\n  ${differences.join('\n  ')}`).toEqual([]);
}

/** What is wrong with the files of a guest's disks, one line each; also that there is none. */
export function diskDifferences(disks: readonly DiskFile[], open: readonly OpenFile[]): string[] {
  if (disks.length === 0) return ['the domain XML names no file'];
  return disks.flatMap(({ target, path, identity }) => {
    if (identity === undefined) return [`${target}: ${path} is not there`];
    const opened = open.some((file) => file.identity === identity);
    return opened ? [] : [`${target}: ${path} is not the file that QEMU has open`];
  });
}
