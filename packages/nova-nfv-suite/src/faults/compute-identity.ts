import type { Break, Fault } from './fault.js';

/** Placement alone: the root provider of a compute has another name, until the case ends. */
const renameProvider: Break = async (step, session) => {
  const { client } = session.openstack.placement;
  const [node] = await session.database.computeNodes();
  const [id, name] = [node?.uuid, node?.hypervisorHostname];
  if (id === undefined || id === null || name === undefined || name === null) throw new Error('No compute.');
  const rename = async (to: string): Promise<void> => {
    const call = { action: 'rename a provider', method: 'PUT', path: `/resource_providers/${id}` } as const;
    await client.call({ ...call, json: { name: to } });
  };
  step.atEnd('give the provider its name back', () => rename(name));
  await rename(`${name}-renamed`);
};

export const computeIdentity: readonly Fault[] = [
  {
    testName: 'a compute is the same one to API, database, Placement and libvirt',
    what: 'Placement has the compute under another name',
    layer: 'Placement',
    step: 'act',
    before: true,
    break: renameProvider,
    expects: /name in Placement is .*-renamed/,
  },
  {
    testName: 'a compute keeps the UUID that API, database and Placement know in its file compute_id',
    what: 'the file has another UUID',
    layer: 'host file',
    step: 'act',
    before: true,
    break: async (step, session) => {
      for (const { machine } of session.computes) {
        const path = '/var/lib/nova/compute_id';
        const original = await machine.readFile(path);
        step.atEnd('put the file back', () => machine.replaceFile(path, original));
        await machine.replaceFile(path, Buffer.from('00000000-0000-4000-8000-000000000000\n'));
      }
    },
    expects: /UUID in the file compute_id is 00000000/,
  },
];
