import { HostError, tail, type HostErrorCode } from './errors.js';

/** What the C library calls it (locale C) or Node's error code; our code; what to do. */
const table: readonly (readonly [RegExp, HostErrorCode, string])[] = [
  [
    /No such file or directory|Not a directory|Too many levels of symbolic links|ENOENT|ENOTDIR|ELOOP/,
    'WB_HOST_NO_FILE',
    'Check the path; directories are not made by this call.',
  ],
  [
    /Permission denied|Operation not permitted|EACCES|EPERM/,
    'WB_HOST_DENIED',
    'The user of this host may not do that: use asRoot(host), or check owner, mode and attributes of file and directory.',
  ],
  [/Is a directory|EISDIR/, 'WB_HOST_NOT_A_FILE', 'Give the path of a regular file.'],
  [
    /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/,
    'WB_HOST_NO_SPACE',
    'Make room on that file system (blocks and inodes); the old file is intact.',
  ],
  [/Read-only file system|EROFS/, 'WB_HOST_READ_ONLY', 'Remount it, or change the file where it comes from.'],
  [
    /Device or resource busy|EBUSY/,
    'WB_HOST_FAILED',
    'The file itself is a mount point, as for files bound into a container: replace it on the machine that it comes from.',
  ],
];

/** The error for a file operation that failed with these words. */
export function fileError(host: string, action: string, said: string, cause?: unknown): HostError {
  const [, code, advice] = table.find(([pattern]) => pattern.test(said)) ?? [
    undefined,
    'WB_HOST_FAILED' as const,
    'Try the same by hand on that machine to see more.',
  ];
  return new HostError({
    code,
    action,
    host,
    observed: tail(said) || 'it failed without a word',
    advice,
    cause,
  });
}

export function notAFile(host: string, action: string): HostError {
  return new HostError({
    code: 'WB_HOST_NOT_A_FILE',
    action,
    host,
    observed: 'it is a directory, a device, a socket or a pipe',
    advice: 'Give the path of a regular file.',
  });
}
