import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { missingTools } from './programs.js';
import { chooseRootfs } from './choose-rootfs.js';
import { Cloud } from './cloud.js';
import { descriptionFormat, type LabDescription } from './description.js';
import { ownsNames, takeDown, wipe } from './down.js';
import { refuseUnfit } from './fitness.js';
import { runningHost } from './hosts.js';
import { installTools } from './install-tools.js';
import { apiAddress, computeNames, type Host } from './lab-hosts.js';
import { distribution, findLab, makeLabDirectory, planHosts, readSecrets, settingsFor } from './lab.js';
import { withLock } from './lock.js';
import { labPaths, type LabPaths } from './names.js';
import { bootId } from './processes.js';
import type { Progress } from './progress.js';
import { waitForComputes } from './seed.js';
import { directoryFor, type GivenSettings, type LabSettings } from './settings.js';
import { Stages, type StageTime } from './stages.js';
import { startCloud } from './start-cloud.js';
import { hostNames, readState, stateOf, writeAtomically, writeState, type LabState } from './state.js';

export interface UpOptions {
  /** Throw away what an earlier lab in this directory has written. */
  readonly fresh: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface UpResult {
  readonly lab: LabDescription;
  /** It was up before, and answers. */
  readonly already: boolean;
  readonly times: readonly StageTime[];
}

/** Brings the lab up, from whatever state it is in; done again, it changes nothing. */
export async function up(given: GivenSettings, options: UpOptions, progress: Progress): Promise<UpResult> {
  const paths = labPaths(directoryFor(given));
  // Before anything is written: what is asked for must make sense, and somebody must be allowed to write.
  const earlier = options.fresh ? undefined : await readState(paths);
  const early = settingsFor(given, earlier);
  const hosts = await planHosts(given, early, earlier);
  if (process.getuid?.() !== 0) await refuseUnfit(early, hosts, undefined, false);
  await makeLabDirectory(paths);
  const lock = {
    doing: 'up',
    onWait: (holder: string) => {
      progress.note(`Waiting for ${holder}.`);
    },
    signal: options.signal,
  };
  return await withLock(paths.lock, lock, () => upLocked(given, options, paths, progress));
}

async function upLocked(
  given: GivenSettings,
  options: UpOptions,
  paths: LabPaths,
  progress: Progress,
): Promise<UpResult> {
  const stages = new Stages(progress, paths.logs, options.signal);
  if (options.fresh) {
    const { state } = await findLab(given);
    if (state !== undefined) await stages.run('clear', () => takeDown(paths, state, 0));
    await wipe(paths);
  }
  const state = await readState(paths);
  const settings = settingsFor(given, state);
  const running =
    state === undefined ? undefined : await answeringLab(settings, paths, state, options.signal);
  if (running !== undefined) return { lab: running, already: true, times: [] };
  const hosts = await planHosts(given, settings, state);
  const lab = await bringUp(settings, paths, hosts, state, stages, progress, options.signal);
  await writeAtomically(paths.times, `${JSON.stringify(stages.times, undefined, 2)}\n`, 0o644);
  return { lab, already: false, times: stages.times };
}

/** The lab if all of it runs and its cloud really answers: a token is given and both computes are up. */
async function answeringLab(
  settings: LabSettings,
  paths: LabPaths,
  state: LabState,
  signal: AbortSignal | undefined,
): Promise<LabDescription | undefined> {
  if (!existsSync(paths.description) || !ownsNames(state)) return undefined;
  for (const host of hostNames(state)) if ((await runningHost(paths, host)) === undefined) return undefined;
  const secrets = await readSecrets(paths);
  const lab = JSON.parse(await readFile(paths.description, 'utf8')) as LabDescription;
  // One that an older version of the lab has written is written again.
  if (secrets === undefined || lab.format !== descriptionFormat) return undefined;
  try {
    await waitForComputes(
      new Cloud(apiAddress(state.hosts), secrets.keystone.admin, signal),
      computeNames(state.hosts),
      15_000,
    );
    return lab;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return undefined;
  }
}

async function bringUp(
  settings: LabSettings,
  paths: LabPaths,
  hosts: readonly Host[],
  earlier: LabState | undefined,
  stages: Stages,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<LabDescription> {
  await stages.run('check', () => refuseUnfit(settings, hosts, earlier, cacheHasIt(earlier)));
  const missing = await missingTools(distribution);
  if (missing.length > 0) await stages.run('tools', (log) => installTools(missing, log));
  // Now that iproute2 and util-linux are there for certain.
  if (missing.length > 0) await refuseUnfit(settings, hosts, earlier, true);

  const rootfs = await chooseRootfs(settings, earlier, stages, progress, signal);
  const state: LabState = { ...stateOf(settings, hosts, rootfs), networkBoot: bootId() };
  await writeState(paths, state);
  return await startCloud(settings, paths, hosts, state, stages, progress, signal);
}

function cacheHasIt(state: LabState | undefined): boolean {
  return state !== undefined && existsSync(state.rootfs);
}
