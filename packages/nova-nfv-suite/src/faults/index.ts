import type { Fault } from './fault.js';
import { cpuPolicy } from './cpu-policy.js';
import { emulatorThreads } from './emulator-threads.js';
import { evacuation } from './evacuation.js';
import { hugepages } from './hugepages.js';
import { liveMigration } from './live-migration.js';
import { mixedPolicy } from './mixed-policy.js';
import { multiNuma } from './multi-numa.js';
import { nvdimm } from './nvdimm.js';
import { providerYaml } from './provider-yaml.js';
import { rebuild } from './rebuild.js';
import { threadPolicy } from './thread-policy.js';
import { video } from './video.js';
import { virtioRng } from './virtio-rng.js';
import { volumes } from './volumes.js';
import { vpmu } from './vpmu.js';
import { watchdog } from './watchdog.js';

/** At least one for each case; by topic, as the files of cases/. */
export const faults: readonly Fault[] = [
  ...cpuPolicy,
  ...emulatorThreads,
  ...evacuation,
  ...hugepages,
  ...liveMigration,
  ...mixedPolicy,
  ...multiNuma,
  ...nvdimm,
  ...providerYaml,
  ...rebuild,
  ...threadPolicy,
  ...video,
  ...virtioRng,
  ...volumes,
  ...vpmu,
  ...watchdog,
];

export type { Fault } from './fault.js';
