import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { LabError, exitCodes } from '../errors.js';
import { run } from '../exec.js';
import type { FaultHost, FaultKind, FaultWords } from './fault.js';
import { requireUnits, unitsOf } from './units.js';

/** Where the distribution keeps the modules of OpenStack. */
const modules = '/usr/lib/python3/dist-packages';

const word = (words: FaultWords, name: string) => String(words[name]);

function fileOf(words: FaultWords): string {
  const file = word(words, 'file');
  return isAbsolute(file) ? file : join(modules, file);
}

/** @throws LabError unless `old` is there exactly once: a patch that misses, or hits twice, is another fault than was meant */
export function replaceOnce(text: string, old: string, replacement: string, file: string): string {
  const times = text.split(old).length - 1;
  if (old !== '' && times === 1) return text.replace(old, () => replacement);
  throw new LabError(
    'WB_LAB_FAULT',
    `${file} has the text of --replace ${times} times; it must be there once.`,
    {
      advice: 'Give more of the lines around it.',
      exitCode: exitCodes.usage,
    },
  );
}

interface Kept {
  /** The file's path on the host, without links in it. */
  readonly path: string;
  readonly original: string;
}

const keptIn = (keep: string) => join(keep, 'patched.json');

async function putBack({ root, keep }: Pick<FaultHost, 'root' | 'keep'>): Promise<void> {
  if (!existsSync(keptIn(keep))) return;
  const { path, original } = JSON.parse(await readFile(keptIn(keep), 'utf8')) as Kept;
  // With owner, mode and time of change, by which Python knows that what it has compiled is still right.
  await run(['cp', '--archive', '--force', join(keep, original), join(root, path)]);
  await rm(keptIn(keep));
}

/** The file's path on the host, without links in it, and its text with the piece replaced. */
async function patched(host: FaultHost, words: FaultWords): Promise<{ path: string; text: string }> {
  const path = (await host.run(['realpath', '--canonicalize-existing', fileOf(words)])).trim();
  const text = await readFile(join(host.root, path), 'utf8');
  return { path, text: replaceOnce(text, word(words, 'replace'), word(words, 'with'), path) };
}

const restart = async (host: FaultHost, words: FaultWords) => {
  const units = unitsOf(words);
  if (units.length > 0) await host.run(['systemctl', 'restart', ...units], { timeoutMs: 300_000 });
};

export const patchFile: FaultKind = {
  name: 'patch-file',
  summary: 'replace a piece of a file on one host; the original is kept and put back',
  options: [
    {
      flags: '--file <path>',
      description: 'absolute, or as Python sees it: nova/virt/libvirt/driver.py',
      required: true,
    },
    { flags: '--replace <text>', description: 'must be in the file exactly once', required: true },
    { flags: '--with <text>', description: 'what comes in its place', required: true },
    {
      flags: '--service <unit>',
      description: 'units to restart, which have read it; may be repeated',
      repeatable: true,
    },
  ],
  async check(host, words) {
    await requireUnits(host, unitsOf(words));
    await patched(host, words);
  },
  async inject(host, words) {
    const { path, text } = await patched(host, words);
    const target = join(host.root, path);
    await mkdir(host.keep, { recursive: true, mode: 0o700 });
    await run(['cp', '--archive', target, join(host.keep, 'original')]);
    await writeFile(keptIn(host.keep), JSON.stringify({ path, original: 'original' } satisfies Kept));
    await writeFile(target, text);
    await restart(host, words);
  },
  async heal(host, words) {
    await putBack(host);
    await restart(host, words);
  },
  healDisk: putBack,
};
