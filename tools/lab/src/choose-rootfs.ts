import { existsSync } from 'node:fs';
import { removeAbandonedBuildsIfFree } from './down.js';
import { LabError } from './errors.js';
import { distribution } from './lab.js';
import type { Progress } from './progress.js';
import { ensureRootfs, planRootfs } from './rootfs.js';
import type { LabSettings } from './settings.js';
import type { Stages } from './stages.js';
import type { LabState } from './state.js';

/** A lab keeps the root filesystem that it was made with: its hosts' own layers fit on no other. */
export async function chooseRootfs(
  settings: LabSettings,
  earlier: LabState | undefined,
  stages: Stages,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  await removeAbandonedBuildsIfFree(settings.cacheDirectory);
  const plan = await planRootfs(settings.cacheDirectory, distribution);
  if (earlier !== undefined && earlier.rootfs !== plan.path) {
    if (existsSync(earlier.rootfs)) {
      progress.note(
        'This lab was made by another version of the lab; "up --fresh" makes it anew with this one.',
      );
      return earlier.rootfs;
    }
    throw new LabError('WB_LAB_ROOTFS', `The root filesystem of this lab is gone: ${earlier.rootfs}`, {
      advice: 'Use "up --fresh" to make the lab anew.',
    });
  }
  await ensureRootfs(
    settings,
    distribution,
    plan,
    stages,
    (holder) => {
      progress.note(`Waiting for ${holder}, which builds the same root filesystem.`);
    },
    signal,
  );
  return plan.path;
}
