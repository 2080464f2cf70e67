import type { Fault } from './fault.js';
import { cpuModel } from './cpu-model.js';
import { cpuPolicy } from './cpu-policy.js';
import { emulatorThreads } from './emulator-threads.js';
import { evacuation } from './evacuation.js';
import { flavorMetadata } from './flavor-metadata.js';
import { hugepages } from './hugepages.js';
import { hyperv } from './hyperv.js';
import { interfaceQueues } from './interface-queues.js';
import { liveMigration } from './live-migration.js';
import { mixedPolicy } from './mixed-policy.js';
import { multiNuma } from './multi-numa.js';
import { nvdimm } from './nvdimm.js';
import { providerYaml } from './provider-yaml.js';
import { pointerDevice } from './pointer-device.js';
import { rebuild } from './rebuild.js';
import { threadPolicy } from './thread-policy.js';
import { video } from './video.js';
import { viommu } from './viommu.js';
import { virtioRng } from './virtio-rng.js';
import { volumes } from './volumes.js';
import { vpmu } from './vpmu.js';
import { watchdog } from './watchdog.js';

/** At least one for each case; by topic, as the files of cases/. */
export const faults: readonly Fault[] = [
  ...cpuModel,
  ...cpuPolicy,
  ...emulatorThreads,
  ...evacuation,
  ...flavorMetadata,
  ...hugepages,
  ...hyperv,
  ...interfaceQueues,
  ...liveMigration,
  ...mixedPolicy,
  ...multiNuma,
  ...nvdimm,
  ...providerYaml,
  ...pointerDevice,
  ...rebuild,
  ...threadPolicy,
  ...video,
  ...viommu,
  ...virtioRng,
  ...volumes,
  ...vpmu,
  ...watchdog,
];

export type { Fault } from './fault.js';
