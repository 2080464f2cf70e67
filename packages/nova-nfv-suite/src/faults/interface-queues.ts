import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { patchNova } from './tools/patch-nova.js';
import { startDomainWith } from './tools/restart-domain.js';

export const interfaceQueues: readonly Fault[] = [
  {
    testName:
      'an image that asks for multiqueue gives an interface as many queues as the guest has vCPUs, and a resize changes both',
    what: 'after the resize it has as many as before',
    layer: 'domain XML',
    step: 'resize',
    break: startDomainWith(/(<driver name=.vhost. queues=.)\d+/.source, '2'),
    expects: /queues: domain XML 2, expected 3/,
  },
  {
    testName:
      'an interface has the size of receive queue with which its compute is configured, also after a hard reboot',
    what: 'after the next start it would have another',
    layer: 'inactive XML',
    step: 'hard-reboot',
    break: editInactiveXml('(rx_queue_size=.)512', '1024'),
    expects: /inactive XML against domain XML/,
  },
  {
    testName: 'an image and a flavor that disagree about multiqueue are refused together',
    what: 'the API takes both, and the image wins',
    layer: 'Nova code',
    step: 'boot',
    before: true,
    break: patchNova({
      file: 'virt/hardware.py',
      find: "        'vif_multiqueue_enabled', flavor, image_meta)\n",
      replace: "        'vif_multiqueue_enabled', flavor, image_meta)\n    flavor_value_str = None\n",
      unit: 'nova-api',
    }),
    expects: /promise resolved/,
  },
];
