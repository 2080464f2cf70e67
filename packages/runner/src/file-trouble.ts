import { errorCode } from '@whitebox/core';

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'it is a file, not a folder',
  EROFS: 'that file system is read-only',
  ENOSPC: 'there is no space left on that file system',
};

/** Why a file could not be read or written, in words; what Node says repeats the path and names a system call. */
export function fileTrouble(error: unknown): string {
  return words[errorCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
