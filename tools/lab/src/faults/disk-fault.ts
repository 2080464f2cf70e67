import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, exitCodes } from '../errors.js';
import { run } from '../exec.js';
import { mountPoints } from '../hosts.js';
import type { FaultHost, FaultKind, FaultWords } from './fault.js';

const filler = 'var/lib/lab-filler';
const mebibyte = 2 ** 20;

/** MiB that stay free. @throws LabError for anything but a whole number */
function leave(words: FaultWords): number {
  const text = typeof words['leave'] === 'string' ? words['leave'] : '0';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new LabError('WB_LAB_USAGE', `--leave ${text} is no number of MiB.`, {
    advice: 'Give a whole number, such as 10.',
    exitCode: exitCodes.usage,
  });
}

const empty = async (host: Pick<FaultHost, 'root'>) => {
  await rm(join(host.root, filler), { force: true });
};

/** Hosts have disks of their own (hosts.ts); blocks are reserved, not written, so the machine's disk does not fill. */
export const fillDisk: FaultKind = {
  name: 'fill-disk',
  summary: "leave no room on a host's disk, for root neither",
  options: [{ flags: '--leave <MiB>', description: 'room that stays (default: 0)' }],
  async check(host, words) {
    // Or it would be the machine's own disk that fills.
    if ((await mountPoints(host.disk)).length === 0) {
      throw new LabError('WB_LAB_FAULT', `${host.name} has no disk of its own.`, {
        advice: 'An older version made this lab; make it anew with "up --fresh".',
      });
    }
    const { bavail, bsize } = await statfs(host.root);
    if (leave(words) * mebibyte < bavail * bsize) return;
    throw new LabError(
      'WB_LAB_USAGE',
      `${host.name} has only ${Math.floor((bavail * bsize) / mebibyte)} MiB free.`,
      {
        advice: 'Give --leave less.',
        exitCode: exitCodes.usage,
      },
    );
  },
  async inject(host, words) {
    const { bavail, bsize } = await statfs(host.root);
    const bytes = bavail * bsize - leave(words) * mebibyte;
    // What is reserved last may not fit any more, as the list of the file's own extents takes room as well.
    await run(['fallocate', '--length', String(bytes - (bytes % bsize)), join(host.root, filler)]).catch(
      async (error: unknown) => {
        const rest = await statfs(host.root);
        if (rest.bavail * rest.bsize > (leave(words) + 1) * mebibyte) throw error;
      },
    );
  },
  heal: empty,
  healDisk: empty,
};
