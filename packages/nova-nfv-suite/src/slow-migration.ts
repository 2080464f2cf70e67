import {
  claimedCpus,
  expect,
  heldOn,
  waitUntil,
  waitUntilGivenBack,
  type Cloud,
  type ComputeHost,
  type TestServer,
} from '@whitebox/testkit';

/** Through the API, or by ending the process that takes the guest in. */
export type HowToBreakOff = 'abort' | 'kill';

/** A live migration that has come to nothing. */
export interface BrokenOff {
  readonly uuid: string;
  /** As the row of the migration has it: cancelled, error or failed. */
  readonly status: string;
  /** Until no host accounts for the CPUs that were claimed on the destination. */
  claimIsGone(): Promise<void>;
}

/** MiB/s: even a guest that has hardly any memory in use takes longer than it takes to break it off. */
const slow = 1;
const fast = 10_000;

/** Starts a live migration that takes long, breaks it off while the memory is copied, and waits until Nova has cleaned up. */
export async function breakOff(
  cloud: Cloud,
  server: TestServer,
  to: ComputeHost,
  how: HowToBreakOff,
): Promise<BrokenOff> {
  const { signal } = cloud;
  const { compute } = cloud.openstack;
  const source = server.host;
  const limits = { timeoutMs: 120_000, signal };
  // Of this domain only, and gone with it.
  const speed = (mib: number) =>
    source.virsh.run(['migrate-setspeed', '--domain', server.domain, '--bandwidth', String(mib)]);
  const row = async () => {
    const filter = { instanceUuid: server.id, type: 'live-migration' };
    return (await cloud.database.migrations(filter, { signal })).at(-1);
  };
  const text = `live migrate ${server.name} to ${to.name} and ${how} that on the way`;
  const work = async () => {
    await compute.servers.liveMigrate(server.id, { host: to.name }, { signal });
    const id = await waitUntil(
      'the live migration to run',
      async () => {
        const seen = await row();
        if (seen?.status !== 'running') return { done: false, seen: seen?.status ?? 'no row' };
        // Nova says so before it asks libvirt, which has nothing to abort until then and no process there to end.
        const copying = (await isCopying(source, server)) && (await hasDomain(to, server));
        return copying
          ? { done: true, value: seen.id }
          : { done: false, seen: 'running, but not in libvirt' };
      },
      limits,
    );
    const claimed = await claimedCpus(cloud, server);
    expect(claimed).toLieWithin((await heldOn(cloud, to)).cpus);
    if (how === 'abort') await compute.migrations.abort(server.id, id, { signal });
    else await endProcess(to, server);
    const over = await waitUntil(
      'the live migration to be over and the guest to be left alone',
      async () => {
        const seen = await row();
        const { status: state, taskState } = await server.refresh();
        return seen?.inProgress === false && taskState === null
          ? { done: true, value: seen }
          : { done: false, seen: `${seen?.status ?? 'no row'}; ${state}, ${taskState ?? 'no task'}` };
      },
      limits,
    );
    return { uuid: over.uuid ?? '', status: over.status ?? '', claimed };
  };

  let isSlow = true;
  const hurry = async () => {
    if (isSlow && (await hasDomain(source, server))) await speed(fast);
    isSlow = false;
  };
  // A case that is given up on the way has a server to delete, and Nova waits for the migration before it does.
  cloud.atEnd(`speed of migrating ${server.name}`, hurry);
  await speed(slow);
  const { uuid, status, claimed } = await cloud.act('live-migrate', text, work, server);
  await hurry();
  return {
    uuid,
    status,
    claimIsGone: async () => {
      for (const host of [to, source]) await waitUntilGivenBack(cloud, host, claimed);
    },
  };
}

/** Whether a host knows a server's domain, running or not. */
export async function hasDomain({ virsh }: ComputeHost, { domain }: TestServer): Promise<boolean> {
  return (await virsh.list()).some(({ name }) => name === domain);
}

/** Whether some of the memory is on its way: the job of libvirt is there before that, while the destination prepares itself. */
async function isCopying({ virsh }: ComputeHost, { domain }: TestServer): Promise<boolean> {
  return /^Data processed:\s+(?!0\.000 )\S/m.test(await virsh.run(['domjobinfo', '--domain', domain]));
}

/** That the domain is gone by the time its process has ended is what was asked for; libvirt calls it an error. */
async function endProcess(host: ComputeHost, server: TestServer): Promise<void> {
  try {
    await host.virsh.run(['destroy', '--domain', server.domain]);
  } catch (error) {
    if (await hasDomain(host, server)) throw error;
  }
}
