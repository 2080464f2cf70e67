import type { Invariant } from './invariant.js';
import { i01 } from './rules/i01-one-domain.js';
import { i02 } from './rules/i02-no-orphan.js';
import { i03 } from './rules/i03-compute-node.js';
import { i04 } from './rules/i04-cell-mappings.js';
import { i05 } from './rules/i05-next-start.js';
import { i06 } from './rules/i06-vcpu-pins.js';
import { i07 } from './rules/i07-every-vcpu.js';
import { i08 } from './rules/i08-floating-guest.js';
import { i09 } from './rules/i09-within-dedicated.js';
import { i10 } from './rules/i10-disjoint-guests.js';
import { i11 } from './rules/i11-pinned-cpus.js';
import { i12 } from './rules/i12-thread-policy.js';
import { i13 } from './rules/i13-emulator-threads.js';
import { i14 } from './rules/i14-io-threads.js';
import { i15 } from './rules/i15-realtime.js';
import { i16 } from './rules/i16-thread-affinity.js';
import { i17 } from './rules/i17-cpu-power.js';
import { i18 } from './rules/i18-cpu-sets.js';
import { i19 } from './rules/i19-memory-nodes.js';
import { i20 } from './rules/i20-guest-cells.js';
import { i21 } from './rules/i21-hugepages.js';
import { i22 } from './rules/i22-accounted-memory.js';
import { i23 } from './rules/i23-pages-in-use.js';
import { i24 } from './rules/i24-host-topology.js';
import { i25 } from './rules/i25-given-devices.js';
import { i26 } from './rules/i26-taken-devices.js';
import { i27 } from './rules/i27-device-owners.js';
import { i28 } from './rules/i28-device-functions.js';
import { i29 } from './rules/i29-device-facts.js';
import { i30 } from './rules/i30-port-bindings.js';
import { i31 } from './rules/i31-device-affinity.js';
import { i32 } from './rules/i32-device-pools.js';
import { i33 } from './rules/i33-device-providers.js';
import { i34 } from './rules/i34-mediated-devices.js';
import { i35 } from './rules/i35-persistent-memory.js';
import { i36 } from './rules/i36-allocations.js';
import { i37 } from './rules/i37-consumers.js';
import { i38 } from './rules/i38-inventories.js';
import { i39 } from './rules/i39-provider-tree.js';
import { i40 } from './rules/i40-request-spec.js';
import { i41 } from './rules/i41-object-versions.js';
import { i42 } from './rules/i42-migrations.js';
import { i43 } from './rules/i43-volumes.js';
import { i44 } from './rules/i44-secrets.js';
import { i45 } from './rules/i45-disk-files.js';
import { i46 } from './rules/i46-services.js';

/** All of them, by number. */
export const invariants: readonly Invariant[] = [
  i01,
  i02,
  i03,
  i04,
  i05,
  i06,
  i07,
  i08,
  i09,
  i10,
  i11,
  i12,
  i13,
  i14,
  i15,
  i16,
  i17,
  i18,
  i19,
  i20,
  i21,
  i22,
  i23,
  i24,
  i25,
  i26,
  i27,
  i28,
  i29,
  i30,
  i31,
  i32,
  i33,
  i34,
  i35,
  i36,
  i37,
  i38,
  i39,
  i40,
  i41,
  i42,
  i43,
  i44,
  i45,
  i46,
];
