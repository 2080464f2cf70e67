import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

const fromImage =
  'an image gives its guests a USB tablet beside the mouse where the configuration gives none, and none when it is gone';
/** The whole device; what is put in its place comes before it in the group, which is empty. */
const tablet = /()<input type=.tablet.(?:(?!<.input>)[\s\S])*<.input>/.source;

export const pointerDevice: readonly Fault[] = [
  {
    testName: fromImage,
    what: 'the hard reboot loses the tablet',
    layer: 'domain XML',
    step: 'hard-reboot',
    break: startDomainWith(tablet, ''),
    expects: /expected \[ 'ps2 mouse' \] to deeply equal \[ 'ps2 mouse', 'usb tablet' \]/,
  },
  {
    testName: fromImage,
    what: 'after the next start the guest would have no tablet',
    layer: 'inactive XML',
    step: 'rebuild',
    break: editInactiveXml(tablet, ''),
    expects: /inactive XML against domain XML/,
  },
  {
    testName:
      'an image with input bus virtio gives its guests a virtio tablet, whatever the configuration says',
    what: 'the guest has no tablet',
    layer: 'domain XML',
    step: 'boot',
    break: startDomainWith(tablet, ''),
    expects: /expected \[ 'ps2 mouse' \] to deeply equal \[ 'ps2 mouse', 'virtio tablet' \]/,
  },
];
