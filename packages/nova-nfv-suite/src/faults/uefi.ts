import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { replaceByCopy } from './tools/other-file.js';

const nvramOf = ({ domain }: { readonly domain: string }): string =>
  `/var/lib/libvirt/qemu/nvram/${domain}_VARS.fd`;
const writable = editInactiveXml(`(<loader readonly=.)[^'"]*`, 'no');

export const uefi: readonly Fault[] = [
  {
    testName:
      'a guest boots with UEFI, is rebuilt to BIOS and back, and each time has the firmware of its image',
    what: 'the next start would let the guest write to its firmware',
    layer: 'inactive XML',
    step: 'boot',
    break: writable,
    expects: /loader of the inactive XML: expected/,
  },
  {
    testName: 'a guest whose image requires Secure Boot has it, protected by system management mode',
    what: 'the next start would be without Secure Boot',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml(`(<loader [^>]*secure=.)[^'"]*`, 'no'),
    expects: /secure loader of the inactive XML: expected/,
  },
  {
    testName: 'the UEFI variables of a guest survive suspend and resume',
    what: 'the variables are made anew while the guest is suspended',
    layer: 'host file',
    step: 'suspend',
    break: replaceByCopy(nvramOf),
    expects: /UEFI variables of the suspended guest: expected/,
  },
  {
    testName: 'the UEFI variables of a guest survive stop and start',
    what: 'the next start would let the guest write to its firmware',
    layer: 'inactive XML',
    step: 'start',
    break: writable,
    expects: /loader of the inactive XML: expected/,
  },
  {
    testName: 'the UEFI variables of a guest survive a hard reboot',
    what: 'the next start would let the guest write to its firmware',
    layer: 'inactive XML',
    step: 'hard-reboot',
    break: writable,
    expects: /loader of the inactive XML: expected/,
  },
];
