import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

const model = /(<video>\s*<model type=.)\w+/.source;

export const video: readonly Fault[] = [
  {
    testName: 'a guest has the video model of its image, through rebuilds from virtio to none and back',
    what: 'after the next start the guest would have a display although its image says none',
    layer: 'inactive XML',
    step: 'rebuild',
    break: editInactiveXml(model, 'vga'),
    expects: /inactive XML against domain XML/,
  },
  {
    testName: 'a guest whose image names no video model has the default one',
    what: 'it has another one',
    layer: 'domain XML',
    step: 'boot',
    break: startDomainWith(model, 'vga'),
    expects: /expected \[ 'vga' \] to deeply equal \[ 'virtio' \]/,
  },
  {
    testName: 'a UEFI guest has a bochs display where its image says so, also after a hard reboot',
    what: 'the hard reboot gives it another one',
    layer: 'domain XML',
    step: 'hard-reboot',
    break: startDomainWith(model, 'vga'),
    expects: /expected \[ 'vga' \] to deeply equal \[ 'bochs' \]/,
  },
];
