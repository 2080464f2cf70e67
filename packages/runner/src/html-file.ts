import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reportHtml } from '@whitebox/report';
import type { RunResults } from './results.js';

/** Writes the results as one HTML page, whole or not at all. */
export async function writeHtml(file: string, results: RunResults): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, reportHtml(results));
  await rename(`${file}.part`, file);
}
