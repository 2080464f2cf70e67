import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

const configured =
  'a guest has the CPU model and the flags with which its compute was just configured, also after a hard reboot';

export const cpuModel: readonly Fault[] = [
  {
    testName: 'a guest has the CPU model and the flags that the configuration of its compute already has',
    what: 'it has another model',
    layer: 'domain XML',
    step: 'boot',
    break: startDomainWith(/(<cpu mode=.custom.[^>]*>\s*<model[^>]*>)[^<]+/.source, 'qemu64'),
    expects: /to deeply equal/,
  },
  {
    testName: configured,
    what: 'the hard reboot gives back the flag that was taken away',
    layer: 'domain XML',
    step: 'hard-reboot',
    break: startDomainWith(/(<feature policy=.)disable(?=. name=.cx16.)/.source, 'require'),
    expects: /to deeply equal/,
  },
  {
    testName: configured,
    what: 'after the next start the guest would lack a flag',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml(/(<feature policy=.)require(?=. name=.ssse3.)/.source, 'disable'),
    expects: /inactive XML against domain XML/,
  },
];
