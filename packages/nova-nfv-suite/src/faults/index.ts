import type { Fault } from './fault.js';
import { coldMigration } from './cold-migration.js';
import { computeIdentity } from './compute-identity.js';
import { consoleEncryption } from './console-encryption.js';
import { cpuModel } from './cpu-model.js';
import { cpuPolicy } from './cpu-policy.js';
import { crowdedCells } from './crowded-cells.js';
import { emulatorThreads } from './emulator-threads.js';
import { encryptedVolumes } from './encrypted-volumes.js';
import { evacuationOfPinned } from './evacuation-of-pinned.js';
import { evacuation } from './evacuation.js';
import { flavorMetadata } from './flavor-metadata.js';
import { hugepages } from './hugepages.js';
import { hyperv } from './hyperv.js';
import { interfaceQueues } from './interface-queues.js';
import { isoBoot } from './iso-boot.js';
import { liveMigrationThereAndBack } from './live-migration-there-and-back.js';
import { liveMigration } from './live-migration.js';
import { mixedPolicy } from './mixed-policy.js';
import { multiNuma } from './multi-numa.js';
import { nvdimm } from './nvdimm.js';
import { pointerDevice } from './pointer-device.js';
import { powerManagement } from './power-management.js';
import { providerYaml } from './provider-yaml.js';
import { realtime } from './realtime.js';
import { rebuildRefused } from './rebuild-refused.js';
import { rebuild } from './rebuild.js';
import { restarts } from './restarts.js';
import { rollback } from './rollback.js';
import { sameHostResize } from './same-host-resize.js';
import { securityLabels } from './security-labels.js';
import { shelve } from './shelve.js';
import { suspend } from './suspend.js';
import { threadPolicy } from './thread-policy.js';
import { uefi } from './uefi.js';
import { video } from './video.js';
import { viommu } from './viommu.js';
import { virtioRng } from './virtio-rng.js';
import { volumes } from './volumes.js';
import { vpmu } from './vpmu.js';
import { vtpm } from './vtpm.js';
import { watchdog } from './watchdog.js';

/** By topic, as the files of cases/. */
const topics: readonly (readonly Fault[])[] = [
  coldMigration,
  computeIdentity,
  consoleEncryption,
  cpuModel,
  cpuPolicy,
  crowdedCells,
  emulatorThreads,
  encryptedVolumes,
  evacuationOfPinned,
  evacuation,
  flavorMetadata,
  hugepages,
  hyperv,
  interfaceQueues,
  isoBoot,
  liveMigrationThereAndBack,
  liveMigration,
  mixedPolicy,
  multiNuma,
  nvdimm,
  pointerDevice,
  powerManagement,
  providerYaml,
  realtime,
  rebuildRefused,
  rebuild,
  restarts,
  rollback,
  sameHostResize,
  securityLabels,
  shelve,
  suspend,
  threadPolicy,
  uefi,
  video,
  viommu,
  virtioRng,
  volumes,
  vpmu,
  vtpm,
  watchdog,
];

/** At least one for each case that some lab can run. */
export const faults: readonly Fault[] = topics.flat();

/** One of each layer, of as many topics, each with a case of its own: what there is time for every day. */
export const someOfEachLayer: readonly Fault[] = faults.reduce<readonly Fault[]>((chosen, fault) => {
  const topic = topics.find((one) => one.includes(fault)) ?? [];
  const enough = chosen.some(({ layer }) => layer === fault.layer);
  return enough || chosen.some((one) => topic.includes(one)) ? chosen : [...chosen, fault];
}, []);

export type { Fault } from './fault.js';
