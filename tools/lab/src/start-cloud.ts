import { mkdir } from 'node:fs/promises';
import { usableCpus } from './machine-facts.js';
import { Cloud } from './cloud.js';
import type { LabDescription } from './description.js';
import { withDiagnostics } from './diagnostics.js';
import { imageFile, makeGuestImages } from './guest-images.js';
import { startHost } from './hosts.js';
import { apiAddress, computeNames, type Host } from './lab-hosts.js';
import { distribution, readSecrets } from './lab.js';
import type { LabPaths } from './names.js';
import type { OutputContext } from './output-context.js';
import { hostsThatDoNotRun, prepareHosts } from './prepare-hosts.js';
import type { Progress } from './progress.js';
import { waitForSsh, writeReachFiles } from './reach.js';
import { makeSecrets } from './secrets.js';
import { seedVolumeTypes, waitForVolumes } from './seed-volumes.js';
import { imageNames, seedImage, seedNetworks, waitForComputes } from './seed.js';
import type { LabSettings } from './settings.js';
import { allOf, type Stages } from './stages.js';
import { writeAtomically, type LabState } from './state.js';
import { writeOutputs } from './write-outputs.js';

/** Starts the hosts that do not run, waits until the cloud answers, and gives it what every lab has: images and networks. */
export async function startCloud(
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
    await prepareHosts(context, stopped, state.rootfs, cpus, progress);
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
