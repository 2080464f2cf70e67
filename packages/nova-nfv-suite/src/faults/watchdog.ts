import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

const action = /(<watchdog model=.i6300esb. action=.)\w+/.source;
const anotherWatchdog = startDomainWith('(<devices>)', "<watchdog model='i6300esb' action='reset'/>");

export const watchdog: readonly Fault[] = [
  {
    testName: 'a watchdog acts as the flavor says, with each action, also after a hard reboot',
    what: 'the watchdog of the second guest does something else',
    layer: 'domain XML',
    step: 'boot',
    nth: 2,
    break: startDomainWith(action, 'reset'),
    expects: /expected \[ \{ model: 'i6300esb', …\(1\) \} \] to deeply equal/,
  },
  {
    testName: 'a flavor with a disabled watchdog gives none',
    what: 'the guest has a watchdog all the same',
    layer: 'domain XML',
    step: 'boot',
    break: anotherWatchdog,
    expects: /expected \[ \{ model: 'i6300esb', …\(1\) \} \] to deeply equal \[\]/,
  },
  ...['pc', 'q35'].flatMap((machineType): Fault[] => [
    {
      testName: `a watchdog acts as the image says, with each action, on machine type ${machineType}`,
      what: 'after the next reboot the watchdog would do something else',
      layer: 'inactive XML',
      step: 'boot',
      nth: 3,
      break: editInactiveXml(action, 'reset'),
      expects: /inactive XML against domain XML/,
    },
    {
      testName: `an image with a disabled watchdog gives none but the chipset's own, on machine type ${machineType}`,
      what: 'the guest has a watchdog all the same',
      layer: 'domain XML',
      step: 'boot',
      break: anotherWatchdog,
      expects: /expected \[ \{ model: 'i6300esb', …\(1\) \} \] to deeply equal \[\]/,
    },
  ]),
  {
    testName:
      'the action of a watchdog in the image wins over that in the flavor, also when another image replaces it',
    what: 'after the rebuild the watchdog acts as the flavor says',
    layer: 'domain XML',
    step: 'rebuild',
    break: startDomainWith(action, 'pause'),
    expects: /expected \[ \{ model: 'i6300esb', …\(1\) \} \] to deeply equal/,
  },
];
