import type { Fault } from './fault.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { volumeSecretOf } from './tools/secrets.js';
import { serverOf } from './tools/server-of.js';

const testName =
  'an encrypted volume of a guest is LUKS, its secrets outlive a hard reboot, and libvirt forgets them with the volume';

export const encryptedVolumes: readonly Fault[] = [
  {
    testName,
    what: 'libvirt has lost the secret after the hard reboot',
    layer: 'host file',
    source: 'lp#1905701',
    step: 'hard-reboot',
    break: async (step) => {
      const server = serverOf(step);
      await server.host.virsh.run(['secret-undefine', '--secret', await volumeSecretOf(server)]);
    },
    expects: /secrets that libvirt keeps: expected .* to include/,
  },
  {
    testName,
    what: 'the next start would take another secret for the volume',
    layer: 'inactive XML',
    step: 'attach-volume',
    nth: 2,
    break: editInactiveXml(
      `(<secret type=.passphrase. uuid=.)[^'"]*`,
      '00000000-0000-4000-8000-000000000000',
    ),
    expects: /encryption in the inactive XML: expected/,
  },
];
