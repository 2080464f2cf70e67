import { readFile, readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestName } from '@whitebox/core';
import { LabError, exitCodes } from './errors.js';
import { parseProfile, type Profile } from './profile.js';

/** The folder with the lab's own; the same seen from src and from dist. */
const folder = fileURLToPath(new URL('../profiles', import.meta.url));

export async function profileNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : [])).sort();
}

/** What stands for a profile wherever the command is run: a name as it is, a path in full. */
export function profileReference(given: string): string {
  return given.includes('/') || /\.ya?ml$/.test(given) ? resolve(given) : given;
}

/** @param reference as `profileReference` gives it. @throws LabError `WB_LAB_PROFILE` */
export async function loadProfile(reference: string): Promise<Profile> {
  if (isAbsolute(reference)) return parseProfile(await readOwn(reference), reference);
  const names = await profileNames();
  if (!names.includes(reference)) {
    const meant = nearestName(reference, names);
    const instead = meant === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${meant}?`;
    throw new LabError('WB_LAB_PROFILE', `There is no profile ${reference}.`, {
      advice: `${instead} Or give the path of a YAML file: ./${reference}.yaml`,
      exitCode: exitCodes.usage,
    });
  }
  const file = join(folder, `${reference}.yaml`);
  return parseProfile(await readFile(file, 'utf8'), file);
}

async function readOwn(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LabError('WB_LAB_PROFILE', `Cannot read the profile ${path}: ${(cause as Error).message}`, {
      advice: `Correct the path, or take one of the lab's own: ${(await profileNames()).join(', ')}.`,
      exitCode: exitCodes.usage,
      cause,
    });
  }
}
