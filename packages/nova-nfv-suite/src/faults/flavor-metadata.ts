import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { startDomainWith } from './tools/restart-domain.js';

const testName =
  'the metadata in the domain XML tells the flavor of a guest, also after a resize and a hard reboot';

export const flavorMetadata: readonly Fault[] = [
  {
    testName,
    what: 'after the resize it still tells the flavor that the guest had',
    layer: 'domain XML',
    step: 'resize',
    break: startDomainWith('(<nova:vcpus>)1', '2'),
    expects: /to match object/,
  },
  {
    testName,
    what: 'after the next start it would tell another amount of memory',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml('(<nova:memory>)128', '64'),
    expects: /inactive XML against domain XML/,
  },
];
