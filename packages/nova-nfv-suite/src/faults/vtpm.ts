import type { Break, Fault } from './fault.js';
import { editRow } from './tools/edit-database.js';
import { editInactiveXml } from './tools/edit-domain.js';
import { makeFolder, replaceByCopy } from './tools/other-file.js';
import { patchNova } from './tools/patch-nova.js';
import { deleteVtpmKey, keepSecret, vtpmSecretOf } from './tools/secrets.js';
import { serverOf } from './tools/server-of.js';

const tis = 'a guest has the tpm-tis that its flavor asks for, and its secret goes with it';
const crb = 'a guest has the tpm-crb that its flavor asks for, and its secret goes with it';
const stateOf = (server: { readonly id: string }): string => `/var/lib/libvirt/swtpm/${server.id}`;
const otherSecret = editRow(
  { table: 'instance_system_metadata', column: 'value', where: "`key` = 'vtpm_secret_uuid'" },
  "'00000000-0000-4000-8000-000000000000'",
);

/** The passphrase stands in the XML, where everybody who may read that finds it. */
const tellPassphrase: Break = async (step, session) => {
  const server = serverOf(step);
  const payload = await session.openstack.keys.payload(await vtpmSecretOf(server));
  const { virsh } = server.host;
  await virsh.run(['desc', '--domain', server.domain, '--live', '--new-desc', payload.reveal()]);
};

/** What is said of a model that does not exist. By the scheduler: nova-api does not look (scheduler/utils.py, _translate_vtpm_request). */
const otherMessage = patchNova({
  file: 'virt/hardware.py',
  find: '"Invalid TPM model %(model)r.',
  replace: '"Whatever %(model)r.',
  unit: 'nova-scheduler',
});

export const vtpm: readonly Fault[] = [
  {
    testName: tis,
    what: 'the next start would give the guest another model',
    layer: 'inactive XML',
    step: 'boot',
    break: editInactiveXml(`(<tpm model=.)[^'"]*`, 'tpm-crb'),
    expects: /TPM in the inactive XML: expected/,
  },
  {
    testName: tis,
    what: 'the database names another secret',
    layer: 'database',
    step: 'boot',
    break: otherSecret,
    expects: /TPM in the live XML: expected/,
  },
  {
    testName: tis,
    what: 'libvirt keeps the secret that only the owner of the server should have',
    layer: 'host file',
    step: 'boot',
    break: keepSecret(vtpmSecretOf),
    expects: /libvirt keeps the secret of the vTPM: expected true/,
  },
  {
    testName: crb,
    what: 'the secret is not in the key manager',
    layer: 'service',
    source: 'lp#2125030',
    step: 'boot',
    break: deleteVtpmKey,
    expects: /the secret of the vTPM is in Barbican: expected false/,
  },
  {
    testName: crb,
    what: 'the passphrase can be read in the XML',
    layer: 'domain XML',
    step: 'boot',
    break: tellPassphrase,
    expects: /where the secret can be read: expected \[ 'live XML'/,
  },
  {
    testName: crb,
    what: 'the state of the vTPM outlives the server',
    layer: 'host file',
    step: 'act',
    break: makeFolder(stateOf),
    expects: /state of the vTPM of a server that is gone/,
  },
  {
    testName: 'a vTPM of a model and version that do not exist or do not go together is refused',
    what: 'the refusal does not say what is wrong',
    layer: 'Nova code',
    step: 'act',
    before: true,
    break: otherMessage,
    expects: /expected .* to match \/Invalid TPM model\//s,
  },
  {
    testName: 'guests have and get a vTPM after libvirt was restarted on every compute',
    what: 'the guest that was there before has lost the secret of its vTPM',
    layer: 'database',
    step: 'boot',
    nth: 2,
    break: otherSecret,
    expects: /TPM in the live XML: expected/,
  },
  {
    testName: 'the live migration of a guest is refused whose vTPM only its owner can open',
    what: 'the refusal costs the guest its vTPM',
    layer: 'database',
    step: 'live-migrate',
    before: true,
    break: otherSecret,
    expects: /TPM in the live XML: expected/,
  },
  {
    testName: 'the state of a vTPM survives suspend and resume',
    what: 'the state is made anew while the guest is suspended',
    layer: 'host file',
    step: 'suspend',
    break: replaceByCopy(stateOf),
    expects: /state of the vTPM of the suspended guest: expected/,
  },
  {
    testName: 'the state of a vTPM survives stop and start',
    what: 'the database names another secret',
    layer: 'database',
    step: 'start',
    break: otherSecret,
    expects: /TPM in the live XML: expected/,
  },
  {
    testName: 'the state of a vTPM survives a hard reboot',
    what: 'the secret is gone from the key manager',
    layer: 'service',
    step: 'hard-reboot',
    break: deleteVtpmKey,
    expects: /the secret of the vTPM is in Barbican: expected false/,
  },
  {
    testName: 'the secret of a vTPM goes with its guest to another host',
    what: 'the host that the guest has left keeps the state of the vTPM',
    layer: 'host file',
    step: 'confirm-resize',
    break: makeFolder(stateOf, ({ host }, computes) => {
      const other = computes.find(({ name }) => name !== host.name);
      if (other === undefined) throw new Error('There is one compute only.');
      return other;
    }),
    expects: /state of the vTPM on the host that it left: expected/,
  },
  {
    testName: 'the secret of a vTPM is still there when a resize is reverted',
    what: 'the resize deletes the secret in the key manager',
    layer: 'service',
    source: 'lp#2125030',
    step: 'resize',
    break: deleteVtpmKey,
    expects: /the secret of the vTPM is in Barbican: expected false/,
  },
  {
    testName:
      'a guest whose vTPM its hosts can open is live migrated there and back, and the host that it is on keeps the secret',
    what: 'the destination has no secret to start the guest with again',
    layer: 'host file',
    step: 'live-migrate',
    break: async (step) => {
      const server = serverOf(step);
      await server.host.virsh.run(['secret-undefine', '--secret', await vtpmSecretOf(server)]);
    },
    expects: /libvirt keeps the secret of the vTPM: expected false/,
  },
];
