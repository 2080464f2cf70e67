import type { Fault } from './fault.js';
import { startDomainWith } from './tools/restart-domain.js';

export const virtioRng: readonly Fault[] = [
  {
    testName: 'a guest has a virtio random number generator',
    what: 'it has a second one',
    layer: 'domain XML',
    step: 'boot',
    break: startDomainWith(
      '(<devices>)',
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    ),
    expects: /expected \[ 'virtio', 'virtio' \] to deeply equal \[ 'virtio' \]/,
  },
  {
    testName: 'a flavor that does not allow a random number generator gives none, also after a resize',
    what: 'after the second resize the guest still has it',
    layer: 'domain XML',
    step: 'resize',
    nth: 2,
    break: startDomainWith(
      '(<devices>)',
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    ),
    expects: /expected \[ 'virtio' \] to deeply equal \[\]/,
  },
];
