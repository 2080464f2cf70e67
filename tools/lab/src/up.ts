import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { makeCertificates } from './certificates.js';
import { findObstacles, machineCollisions, machineFacts, missingTools, unfit, usableCpus } from './checks.js';
import { Cloud } from './cloud.js';
import { deliverUserFiles, devstackUserFiles } from './deployments/devstack-files.js';
import type { LabDescription } from './description.js';
import { withDiagnostics } from './diagnostics.js';
import { ownsNames, removeAbandonedBuildsIfFree, takeDown, wipe } from './down.js';
import { LabError } from './errors.js';
import { run, runAnyway } from './exec.js';
import { clearFaults } from './faults/faults.js';
import { readTemplates } from './files.js';
import { firstStartSql } from './first-start.js';
import { imageFile, makeGuestImages } from './guest-images.js';
import { readHostFacts } from './host-facts.js';
import { hostFiles } from './host-files.js';
import {
  mountBase,
  mountHost,
  prepareHost,
  runningHost,
  startHost,
  stopHost,
  unmountBelow,
} from './hosts.js';
import { knownHosts, makeKeys, readHostKeys } from './keys.js';
import { distribution, findLab, makeLabDirectory, planHosts, readSecrets, settingsFor } from './lab.js';
import { withLock } from './lock.js';
import { labPaths, type LabPaths } from './names.js';
import { ensureHostNetwork, ensureNetwork, removeHostNetwork } from './network.js';
import {
  cloudsYaml,
  describeLab,
  nodesYaml,
  openrc,
  sshConfig,
  tempestConf,
  type OutputContext,
} from './outputs.js';
import { bootId } from './processes.js';
import type { Progress } from './progress.js';
import { ensureRootfs, planRootfs } from './rootfs.js';
import { makeSecrets } from './secrets.js';
import { seedVolumeTypes, waitForVolumes } from './seed-volumes.js';
import { imageNames, seedImage, seedNetworks, waitForComputes } from './seed.js';
import { directoryFor, type GivenSettings, type LabSettings } from './settings.js';
import { allOf, Stages, type StageTime } from './stages.js';
import { hostNames, readState, stateOf, writeAtomically, writeState, type LabState } from './state.js';
import { apiAddress, isCompute, type Host } from './lab-hosts.js';

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
  if (secrets === undefined) return undefined;
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

/** @throws LabError that lists everything that is in the way */
async function refuseUnfit(
  settings: LabSettings,
  hosts: readonly Host[],
  state: LabState | undefined,
  cached: boolean,
): Promise<void> {
  const obstacles = await allObstacles(settings, hosts, state, cached);
  if (obstacles.length > 0) throw unfit(obstacles);
}

/** All obstacles at once; nothing on the machine is changed for it. */
export async function check(given: GivenSettings): Promise<readonly string[]> {
  const { state } = await findLab(given);
  const settings = settingsFor(given, state);
  return await allObstacles(settings, await planHosts(given, settings, state), state, false);
}

async function allObstacles(
  settings: LabSettings,
  hosts: readonly Host[],
  state: LabState | undefined,
  cached: boolean,
): Promise<string[]> {
  const facts = await machineFacts(settings, distribution, hosts, cached);
  const own = state !== undefined && ownsNames(state);
  const names = hosts.map(({ name }) => name);
  return [...findObstacles(facts, distribution), ...(await machineCollisions(settings, names, own))];
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

async function installTools(packages: readonly string[], log: string): Promise<void> {
  // Somebody else's apt may be at work.
  const install = [
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=120',
    'install',
    '--yes',
    '--no-install-recommends',
    ...packages,
  ];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const first = await runAnyway(install, { env, timeoutMs: 300_000 });
  let text = first.stdout + first.stderr;
  let code = first.code;
  if (code !== 0) {
    // Package lists may be old, or missing on a fresh machine.
    text += (await runAnyway(['apt-get', 'update'], { env, timeoutMs: 300_000 })).stderr;
    const second = await runAnyway(install, { env, timeoutMs: 300_000 });
    text += second.stdout + second.stderr;
    code = second.code;
  }
  await writeFile(log, text);
  if (code !== 0) {
    throw new LabError('WB_LAB_TOOLS', `Cannot install ${packages.join(', ')}.`, {
      advice: `Install them by hand: apt-get install ${packages.join(' ')}`,
    });
  }
}

/** A lab keeps the root filesystem that it was made with: its hosts' own layers fit on no other. */
async function chooseRootfs(
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

async function startCloud(
  settings: LabSettings,
  paths: LabPaths,
  hosts: readonly Host[],
  state: LabState,
  stages: Stages,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<LabDescription> {
  const names = hosts.map(({ name }) => name);
  const controlAddress = apiAddress(hosts);
  const cpus = (await usableCpus()).length;
  const secrets = (await readSecrets(paths)) ?? makeSecrets(names);
  await writeAtomically(paths.secrets, `${JSON.stringify(secrets, undefined, 2)}\n`);
  const context: OutputContext = { settings, paths, distribution, hosts, secrets };
  const stopped = await hostsThatDoNotRun(paths, hosts);
  // The layers hold secrets of the hosts, owned by numbers that may be somebody else's on the machine.
  await mkdir(paths.hosts, { recursive: true, mode: 0o700 });

  await stages.run('prepare', async () => {
    for (const host of stopped) await clearRemains(settings, paths, host.name);
    await allOf([
      makeKeys(paths, settings.name, names),
      makeCertificates(paths, settings.name, hosts.filter(isCompute)),
      mountBase(paths, state.rootfs),
      ensureNetwork(settings).then(async () => {
        // One after another: both put cables into the same bridges.
        for (const host of stopped) await ensureHostNetwork(settings, host, hosts);
      }),
    ]);
    const templates = await readTemplates();
    await allOf(
      stopped.map(async (host) => {
        if (!existsSync(paths.host(host.name).prepared)) await clearHost(paths, host.name);
        await mountHost(paths, host.name);
        for (const { kind } of await clearFaults(paths, host.name)) {
          progress.note(`${host.name} starts without the fault ${kind}.`);
        }
        if (existsSync(paths.host(host.name).prepared)) return;
        const files = hostFiles(
          {
            distribution,
            templates,
            hosts,
            secrets,
            cpus,
            virtType: 'qemu',
            rootLogin: settings.rootLogin,
            services: settings.services,
            firstStart: firstStartSql(secrets, controlAddress, settings.services),
          },
          host,
        );
        await prepareHost(paths, host, {
          distribution,
          secrets,
          files,
          hosts,
          rootLogin: settings.rootLogin,
          services: settings.services,
          openrc: openrc(context),
        });
      }),
    );
    await writeReachFiles(context);
  });
  await stages.run('start', () =>
    allOf(stopped.map((host) => startHost(settings, distribution, paths, host))),
  );
  const images = stages.run('images', () => makeGuestImages(paths));
  images.catch(() => undefined);
  const cloud = new Cloud(controlAddress, secrets.keystone.admin, signal);
  let imageIds: readonly string[] = [];
  await withDiagnostics(paths, names, signal, async () => {
    await stages.run('ssh', () => allOf(hosts.map((host) => waitForSsh(paths, host.name, signal))));
    await allOf([
      stages.run('apis', () =>
        allOf(
          (['keystone', 'glance', 'placement', 'neutron', 'nova'] as const).map((name) =>
            cloud.answering(name),
          ),
        ),
      ),
      stages.run('seed', async () => {
        await images;
        await allOf([cloud.answering('keystone'), cloud.answering('glance'), cloud.answering('neutron')]);
        const uploads = Promise.all(imageNames.map((name) => seedImage(cloud, name, imageFile(paths, name))));
        await allOf([uploads, seedNetworks(cloud, settings.providerSubnet)]);
        imageIds = await uploads;
      }),
      stages.run('computes', async () => {
        await allOf([cloud.answering('keystone'), cloud.answering('nova'), cloud.answering('neutron')]);
        await waitForComputes(cloud, computeNames(hosts));
      }),
      ...(settings.services.includes('volumes')
        ? [
            stages.run('volumes', async () => {
              await allOf([cloud.answering('keystone'), cloud.answering('cinder')]);
              await seedVolumeTypes(cloud, settings.services.includes('keys'));
              await waitForVolumes(cloud);
            }),
          ]
        : []),
      ...(settings.services.includes('keys') ? [stages.run('keys', () => cloud.answering('barbican'))] : []),
    ]);
  });
  return await writeOutputs(context, imageIds, signal);
}

function computeNames(hosts: readonly Host[]): string[] {
  return hosts.filter(isCompute).map(({ name }) => name);
}

async function hostsThatDoNotRun(paths: LabPaths, hosts: readonly Host[]): Promise<Host[]> {
  const running = await Promise.all(hosts.map(({ name }) => runningHost(paths, name)));
  return hosts.filter((_host, index) => running[index] === undefined);
}

/** What a host that ended on its own has left: processes, its network. */
async function clearRemains(settings: LabSettings, paths: LabPaths, host: string): Promise<void> {
  await stopHost(settings, paths, host, 0);
  await removeHostNetwork(settings, host);
}

/** A host whose preparation was cut short begins anew. */
async function clearHost(paths: LabPaths, host: string): Promise<void> {
  const own = paths.host(host);
  await unmountBelow(own.directory);
  await run(['rm', '-rf', '--one-file-system', own.directory]);
  await mkdir(own.directory, { recursive: true });
}

/** What is needed to reach the hosts, before the cloud answers. */
async function writeReachFiles(context: OutputContext): Promise<void> {
  const { paths, hosts } = context;
  const all = await Promise.all(
    hosts.map(async (host) => ({ ...host, keys: await readHostKeys(paths, host.name) })),
  );
  await writeAtomically(paths.knownHosts, knownHosts(all), 0o644);
  await writeAtomically(paths.sshConfig, sshConfig(context), 0o644);
}

async function waitForSsh(paths: LabPaths, host: string, signal: AbortSignal | undefined): Promise<void> {
  const argv = ['ssh', '-F', paths.sshConfig, '-o', 'ConnectTimeout=2', '-o', 'BatchMode=yes', host, 'true'];
  const end = Date.now() + 120_000;
  for (;;) {
    const { code, stderr } = await runAnyway(argv, { signal, timeoutMs: 30_000 });
    if (code === 0) return;
    if ((await runningHost(paths, host)) === undefined && Date.now() > end - 115_000) {
      const log = await readFile(paths.host(host).console, 'utf8').catch(() => '');
      throw new LabError('WB_LAB_HOST', `Host ${host} has ended:\n${log.split('\n').slice(-15).join('\n')}`, {
        advice: `Its console: ${paths.host(host).console}`,
      });
    }
    if (Date.now() > end) {
      throw new LabError('WB_LAB_HOST', `Host ${host} does not let us in: ${stderr.trim()}`, {
        advice: `Its console: ${paths.host(host).console}`,
      });
    }
  }
}

async function writeOutputs(
  context: OutputContext,
  images: readonly string[],
  signal: AbortSignal | undefined,
): Promise<LabDescription> {
  const { paths, secrets, hosts } = context;
  const [image = '', imageAlt = image] = images;
  const facts = new Map(
    await Promise.all(
      hosts
        .filter(isCompute)
        .map(async ({ name }) => [name, await readHostFacts(paths, name, signal)] as const),
    ),
  );
  await writeAtomically(paths.databasePassword, secrets.database.whitebox);
  await writeAtomically(paths.databaseAdminPassword, secrets.database.root);
  await writeAtomically(paths.openrc, openrc(context));
  await writeAtomically(paths.cloudsYaml, cloudsYaml(context));
  await writeAtomically(paths.nodesYaml, nodesYaml(context, facts), 0o644);
  await writeAtomically(paths.tempestConf, tempestConf(context, facts, [image, imageAlt]));
  if (hosts.some(({ deployment }) => deployment === 'devstack')) {
    await deliverUserFiles(context, devstackUserFiles(context, facts, [image, imageAlt]), signal);
  }
  const lab = describeLab(context, facts);
  await writeAtomically(paths.description, `${JSON.stringify(lab, undefined, 2)}\n`, 0o644);
  return lab;
}
