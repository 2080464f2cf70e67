import {
  dedicated,
  expect,
  freeDedicatedCpus,
  idleDedicatedCell,
  microversion,
  sharedCpus,
  test,
} from '@whitebox/testkit';
import { expectIothreadsWithEmulator } from '../iothreads.js';

const share = { 'hw:emulator_threads_policy': 'share' };
const isolate = { 'hw:emulator_threads_policy': 'isolate' };

test(
  'emulator threads with policy share run on the shared set of the host',
  {
    claim: { dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [microversion('2.74'), freeDedicatedCpus({ perHost: 1 }), sharedCpus({ perHost: 1 })],
    replaces: ['test_cpu_pinning.EmulatorThreadTest.test_policy_share_cpu_shared_set'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(cloud.shareOfDedicatedCpus(1), share) });

    const cpus = await server.cpus();
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    expect(cpus.emulator).toBeCpus(server.host.shared);
    await expectIothreadsWithEmulator(cpus, cloud);
    expect(cpus).toAgreeEverywhere();
  },
);

test(
  'emulator threads with policy share stay on the dedicated CPUs of their guest where no shared set is configured',
  {
    claim: { servers: 2, ownHosts: 1, dedicatedCpus: 4 },
    needs: [microversion('2.74'), freeDedicatedCpus({ perHost: 2 })],
    replaces: ['test_cpu_pinning.EmulatorThreadTest.test_policy_share_cpu_shared_unset'],
  },
  async ({ cloud }) => {
    await cloud.configureComputes([{ section: 'compute', option: 'cpu_shared_set', value: null }]);

    const vcpus = cloud.shareOfDedicatedCpus(1 / 2);
    const first = await cloud.boot({ flavor: dedicated(vcpus, share) });
    const second = await cloud.boot({ flavor: dedicated(vcpus, share), host: first.host });
    expect(second.host.name).toBe(first.host.name);

    const [one, other] = [await first.cpus(), await second.cpus()];
    for (const cpus of [one, other]) {
      expect(cpus.emulator).toBeCpus(cpus.pinned);
      await expectIothreadsWithEmulator(cpus, cloud);
      expect(cpus).toAgreeEverywhere();
    }
    expect(one.pinned).toBeDisjointFrom(other.pinned);
  },
);

test(
  'emulator threads with policy isolate get a dedicated CPU of their own',
  {
    claim: { dedicatedCpus: 2, sharedHosts: 'one' },
    needs: [microversion('2.74'), freeDedicatedCpus({ perHost: 2 })],
    replaces: ['test_cpu_pinning.EmulatorThreadTest.test_policy_isolate'],
  },
  async ({ cloud }) => {
    const vcpus = cloud.shareOfDedicatedCpus(1) - 1;
    const server = await cloud.boot({ flavor: dedicated(vcpus, isolate) });

    const cpus = await server.cpus();
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    expect(cpus.emulator).toLieWithin(server.host.dedicated);
    expect(cpus.emulator).toBeDisjointFrom(cpus.pinned);
    expect(cpus.emulator).toBeCpus(cpus.reserved);
    await expectIothreadsWithEmulator(cpus, cloud);
    expect(cpus).toAgreeEverywhere();
    // Placement holds one more CPU than the flavor has: lp#1744965.
    expect(await server.allocations()).toMatchObject({ PCPU: vcpus + 1 });
  },
);

test(
  'a guest with policy isolate does not start where no dedicated CPU is left for its emulator threads',
  {
    needs: [microversion('2.74'), idleDedicatedCell()],
    replaces: ['test_cpu_pinning.EmulatorThreadTest.test_emulator_no_extra_cpu'],
  },
  async ({ cloud }) => {
    const vcpus = cloud.mostDedicatedCpusInOneCell();

    const fault = await cloud.bootToFail({ flavor: dedicated(vcpus, isolate) });

    expect(fault.message).toMatch(/No valid host was found|Insufficient compute resources/);
    // The same guest without the extra CPU does start: it was the emulator's CPU that was missing, nothing else.
    const server = await cloud.boot({ flavor: dedicated(vcpus) });
    const cpus = await server.cpus();
    expect(cpus.pinned.size).toBe(vcpus);
    expect(cpus.pinned).toLieWithin(server.host.dedicated);
    expect(cpus).toAgreeEverywhere();
  },
);
