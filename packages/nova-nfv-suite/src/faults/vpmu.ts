import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { patchNova } from './tools/patch-nova.js';
import { startDomainWith } from './tools/restart-domain.js';

const state = /(<pmu state=.)\w+/.source;

export const vpmu: readonly Fault[] = [
  ...(
    [
      ['on', 'off'],
      ['off', 'on'],
    ] as const
  ).flatMap(([from, to]): Fault[] => [
    {
      testName: `a rebuild with another image turns the vPMU of a guest from ${from} to ${to}`,
      what: 'the vPMU stays as it was before the rebuild',
      layer: 'domain XML',
      step: 'rebuild',
      break: startDomainWith(state, from),
      expects: /expected (true|false) to be (true|false)/,
    },
    {
      testName: `a resize turns the vPMU of a guest from ${from} to ${to}, and a hard reboot keeps it so`,
      what: 'after the next start the vPMU would be as it was before the resize',
      layer: 'inactive XML',
      step: 'resize',
      break: editInactiveXml(state, from),
      expects: /inactive XML against domain XML/,
    },
  ]),
  {
    testName: 'an image and a flavor that disagree about the vPMU are refused together',
    what: 'the API takes both, and leaves it to the compute to fail',
    layer: 'Nova code',
    step: 'boot',
    before: true,
    break: patchNova({
      file: 'virt/hardware.py',
      find: "        'pmu', flavor, image_meta)\n",
      replace:
        "        'pmu', flavor, image_meta)\n    if flavor_value_str is not None:\n        image_value = None\n",
      unit: 'nova-api',
    }),
    expects: /but got 'wait for server/,
  },
];
