import { run, type Host, type Limited } from '@whitebox/host';
import { readProcess } from './process.js';
import type { ProcessTarget } from './process-target.js';

/** Which file a path or a file descriptor means: device and inode. Two with the same are the same file. */
export type FileIdentity = `${number}:${number}`;

export interface OpenFile {
  readonly identity: FileIdentity;
  /** Links to it in its file system; 0: it was deleted, and goes when the last process closes it. */
  readonly links: number;
}

/**
 * Files and block devices that a process has open, each once; no sockets, pipes or directories.
 *
 * @throws KernelError `WB_KERNEL_NO_PROCESS`; HostError
 */
export async function readOpenFiles(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<readonly OpenFile[]> {
  const { pid } = await readProcess(host, target, limits);
  // A descriptor that is closed meanwhile is not there for stat, which is no error here.
  const script =
    'find -L "$1" -maxdepth 1 "(" -type f -o -type b ")" -exec stat -L -c "%d:%i %h" {} + 2>/dev/null; true';
  const argv = ['sh', '-c', script, 'sh', `/proc/${pid}/fd`];
  const { stdout } = await run(host, argv, { timeoutMs: 30_000, ...limits });
  return [...new Map(stdout.split('\n').flatMap(openFile)).values()];
}

/** undefined when there is no such file. Follows links. @throws HostError */
export async function fileIdentity(
  host: Host,
  path: string,
  limits: Limited = {},
): Promise<FileIdentity | undefined> {
  const options = { timeoutMs: 30_000, ...limits, env: { LC_ALL: 'C' } };
  const argv = ['stat', '-L', '-c', '%d:%i %h', '--', path];
  const { exitCode, stdout, stderr } = await host.exec(argv, options);
  if (exitCode === 0) return openFile(stdout.trim())[0]?.[0];
  if (stderr.includes('No such file')) return undefined;
  await run(host, argv, options);
  return undefined;
}

function openFile(line: string): (readonly [FileIdentity, OpenFile])[] {
  const [, device, inode, links] = /^(\d+):(\d+) (\d+)$/.exec(line) ?? [];
  if (links === undefined) return [];
  const identity: FileIdentity = `${Number(device)}:${Number(inode)}`;
  return [[identity, { identity, links: Number(links) }]];
}
