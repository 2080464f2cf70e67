import {
  dedicated,
  expect,
  feature,
  freeDedicatedCpus,
  heldOn,
  microversion,
  test,
  waitUntil,
  type Cloud,
  type ComputeHost,
} from '@whitebox/testkit';
import { powerProblems, type PowerStrategy } from '../cpu-power.js';
import { expectPinned } from '../expect-pinned.js';

test(
  'dedicated CPUs are powered while a guest or its emulator has them, and only then; shared ones always',
  {
    since: 27,
    needs: [microversion('2.95'), feature('cpu_power_management'), freeDedicatedCpus({ perHost: 3 })],
    // The predecessor looks at CPUs that are offline alone, and not at those of the guest itself.
    replaces: ['test_cpu_state_mgmt.TestCPUStateMgmt.test_cpu_state'],
    knownBugs: [
      {
        bug: 'lp#2056612',
        fixedBy: 29,
        what: 'the CPU of isolated emulator threads is not powered on',
        shows: /held by a guest, is/,
      },
    ],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(2, { 'hw:emulator_threads_policy': 'isolate' }) });
    const { host } = server;
    const cpus = await expectPinned(cloud, server);
    const own = cpus.pinned.union(cpus.reserved);
    expect(await problemsOf(cloud, host)).toEqual([]);

    await server.stop();
    const { held, up } = await powered(cloud, host);
    // nova/virt/libvirt/driver.py, _destroy: what a stopped guest keeps is powered down until it starts.
    expect(up.intersection(own.difference([0])).toString(), `CPUs still up of ${held.toString()}`).toBe('');

    await server.start();
    expect(await problemsOf(cloud, host)).toEqual([]);

    await server.resize(dedicated(1));
    await waitUntil(
      `the CPUs of ${host.name} to be powered as they are held`,
      async () => {
        const problems = await problemsOf(cloud, host);
        return problems.length === 0
          ? { done: true, value: undefined }
          : { done: false, seen: problems.join('; ') };
      },
      { timeoutMs: 150_000, signal: cloud.signal },
    );
  },
);

async function problemsOf(cloud: Cloud, host: ComputeHost): Promise<string[]> {
  const held = (await heldOn(cloud, host)).cpus;
  const { dedicated: set, shared } = host;
  return powerProblems(await host.cpuTopology(), strategyOf(host), { dedicated: set, shared, held });
}

/** Dedicated CPUs that guests hold, and those that are powered. */
async function powered(cloud: Cloud, host: ComputeHost) {
  const [topology, { cpus: held }] = [await host.cpuTopology(), await heldOn(cloud, host)];
  const strategy = strategyOf(host);
  const isUp = (cpu: number): boolean =>
    topology.online.has(cpu) &&
    (strategy.name === 'cpu_state' || topology.cpus.get(cpu)?.governor === strategy.high);
  return { held, up: host.dedicated.difference([...host.dedicated].filter((cpu) => !isUp(cpu))) };
}

function strategyOf({ config }: ComputeHost): PowerStrategy {
  const option = (name: string, otherwise: string): string =>
    config.effective('libvirt', name)?.value ?? otherwise;
  if (option('cpu_power_management_strategy', 'cpu_state') === 'cpu_state') return { name: 'cpu_state' };
  return {
    name: 'governor',
    low: option('cpu_power_governor_low', 'powersave'),
    high: option('cpu_power_governor_high', 'performance'),
  };
}
