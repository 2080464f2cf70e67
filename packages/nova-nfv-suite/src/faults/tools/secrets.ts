import { run } from '@whitebox/host';
import type { CloudSession, TestServer } from '@whitebox/testkit';
import type { Break } from '../fault.js';
import { serverOf } from './server-of.js';

/** Id of the secret of a server's vTPM, as its XML has it. */
export async function vtpmSecretOf(server: TestServer): Promise<string> {
  return found(
    (await server.xml()).devices.tpms.map(({ secretUuid }) => secretUuid),
    'vTPM',
  );
}

/** Id of the secret of the one encrypted volume of a server, as its XML has it. */
export async function volumeSecretOf(server: TestServer): Promise<string> {
  const { disks } = (await server.xml()).devices;
  return found(
    disks.map(({ encryption }) => encryption?.secretUuid),
    'encrypted volume',
  );
}

/** Key manager: the secret of the server's vTPM is gone. */
export const deleteVtpmKey: Break = async (step, session: CloudSession) => {
  await session.openstack.keys.delete(await vtpmSecretOf(serverOf(step)));
};

/** libvirt has a secret that it should not have, until the case ends. */
export function keepSecret(idOf: (server: TestServer) => string | Promise<string>): Break {
  return async (step) => {
    const server = serverOf(step);
    const { virsh, machine } = server.host;
    const id = await idOf(server);
    const usage = `<usage type='vtpm'><name>${id}</name></usage>`;
    const xml = `<secret ephemeral='no' private='no'><uuid>${id}</uuid>${usage}</secret>`;
    step.atEnd('have libvirt forget the secret', async () => {
      await virsh.run(['secret-undefine', '--secret', id]).catch(() => undefined);
    });
    await run(machine, ['virsh', '-c', 'qemu:///system', 'secret-define', '/dev/stdin'], { stdin: xml });
  };
}

function found(ids: readonly (string | undefined)[], what: string): string {
  const [id] = ids.filter((one) => one !== undefined);
  if (id === undefined) throw new Error(`The server has no ${what} with a secret.`);
  return id;
}
