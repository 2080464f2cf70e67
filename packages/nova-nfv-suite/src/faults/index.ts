import type { Fault } from './fault.js';
import { cpuModel } from './cpu-model.js';
import { coldMigration } from './cold-migration.js';
import { computeIdentity } from './compute-identity.js';
import { consoleEncryption } from './console-encryption.js';
import { cpuPolicy } from './cpu-policy.js';
import { crowdedCells } from './crowded-cells.js';
import { emulatorThreads } from './emulator-threads.js';
import { evacuationOfPinned } from './evacuation-of-pinned.js';
import { encryptedVolumes } from './encrypted-volumes.js';
import { evacuation } from './evacuation.js';
import { flavorMetadata } from './flavor-metadata.js';
import { hugepages } from './hugepages.js';
import { hyperv } from './hyperv.js';
import { interfaceQueues } from './interface-queues.js';
import { liveMigrationThereAndBack } from './live-migration-there-and-back.js';
import { isoBoot } from './iso-boot.js';
import { liveMigration } from './live-migration.js';
import { mixedPolicy } from './mixed-policy.js';
import { multiNuma } from './multi-numa.js';
import { nvdimm } from './nvdimm.js';
import { providerYaml } from './provider-yaml.js';
import { pointerDevice } from './pointer-device.js';
import { powerManagement } from './power-management.js';
import { realtime } from './realtime.js';
import { rebuildRefused } from './rebuild-refused.js';
import { rebuild } from './rebuild.js';
import { restarts } from './restarts.js';
import { shelve } from './shelve.js';
import { suspend } from './suspend.js';
import { securityLabels } from './security-labels.js';
import { threadPolicy } from './thread-policy.js';
import { uefi } from './uefi.js';
import { video } from './video.js';
import { viommu } from './viommu.js';
import { virtioRng } from './virtio-rng.js';
import { volumes } from './volumes.js';
import { vpmu } from './vpmu.js';
import { vtpm } from './vtpm.js';
import { watchdog } from './watchdog.js';

/** At least one for each case; by topic, as the files of cases/. */
export const faults: readonly Fault[] = [
  ...cpuModel,
  ...coldMigration,
  ...computeIdentity,
  ...consoleEncryption,
  ...cpuPolicy,
  ...crowdedCells,
  ...emulatorThreads,
  ...encryptedVolumes,
  ...evacuation,
  ...flavorMetadata,
  ...evacuationOfPinned,
  ...hugepages,
  ...hyperv,
  ...interfaceQueues,
  ...isoBoot,
  ...liveMigration,
  ...liveMigrationThereAndBack,
  ...mixedPolicy,
  ...multiNuma,
  ...nvdimm,
  ...providerYaml,
  ...pointerDevice,
  ...powerManagement,
  ...realtime,
  ...rebuild,
  ...rebuildRefused,
  ...restarts,
  ...shelve,
  ...suspend,
  ...securityLabels,
  ...threadPolicy,
  ...uefi,
  ...video,
  ...viommu,
  ...virtioRng,
  ...volumes,
  ...vpmu,
  ...vtpm,
  ...watchdog,
];

export type { Fault } from './fault.js';
