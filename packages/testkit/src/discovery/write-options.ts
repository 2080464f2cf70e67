import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { loadConfig } from '@whitebox/config';
import { errorCode } from '@whitebox/core';
import { optionsFile, type WrittenOption } from './options-file.js';
import type { KnownOption } from './option-finder.js';

export interface WriteOptionsOptions {
  /** Whether what was found takes the place of what the file says otherwise. */
  readonly replace?: boolean | undefined;
}

/**
 * Writes what is known of a cloud into a tempest.conf, which need not exist; see {@link optionsFile}. The file changes at
 * once or not at all; a new one may be read by its owner alone, as secrets are to be put there.
 *
 * @throws ConfigError where the file is wrong already
 */
export async function writeOptions(
  path: string,
  known: readonly KnownOption[],
  { replace = false }: WriteOptionsOptions = {},
): Promise<readonly WrittenOption[]> {
  const before = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  const said = before === undefined ? new Map<string, unknown>() : await saidIn(path);
  const { text, options } = optionsFile(before ?? '', known, said, { file: path, replace });
  if (text !== before) {
    const real = before === undefined ? path : await realpath(path);
    const mode = before === undefined ? 0o600 : (await stat(real)).mode & 0o7777;
    await writeFile(`${real}.part`, text, { mode, flush: true });
    await rename(`${real}.part`, real);
  }
  return options;
}

/** What the file itself says, without the environment. */
async function saidIn(path: string): Promise<Map<string, unknown>> {
  const config = await loadConfig({ tempestConf: path });
  const said = config.settings().filter(({ origin }) => origin.kind === 'file');
  return new Map(said.map(({ group, key, value }) => [`[${group}] ${key}`, value]));
}
