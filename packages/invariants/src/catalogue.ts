import type { Invariant } from './invariant.js';
import { devices } from './rules/devices.js';
import { emulatorRules } from './rules/emulator.js';
import { existence } from './rules/existence.js';
import { hostCpus } from './rules/host-cpus.js';
import { hostMemory } from './rules/host-memory.js';
import { inactive } from './rules/inactive.js';
import { memory } from './rules/memory.js';
import { pci } from './rules/pci.js';
import { pinningRules } from './rules/pinning.js';
import { placement } from './rules/placement.js';
import { requests } from './rules/request.js';
import { threadRules } from './rules/threads.js';

/** All that are implemented, by number. */
export const invariants: readonly Invariant[] = [
  ...existence,
  ...inactive,
  ...pinningRules,
  ...emulatorRules,
  ...threadRules,
  ...hostCpus,
  ...memory,
  ...hostMemory,
  ...pci,
  ...devices,
  ...placement,
  ...requests,
].sort((one, other) => Number(one.id.slice(1)) - Number(other.id.slice(1)));
