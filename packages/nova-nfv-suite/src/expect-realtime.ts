import { expect, type Cloud, type TestServer } from '@whitebox/testkit';
import { union } from './cpu-sets.js';
import { expectPinned } from './expect-pinned.js';
import { fromBothXmls } from './each-layer.js';

/** A guest with three dedicated CPUs whose first vCPU is the one that is not realtime. */
export const realtimeSpecs = { 'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0' };
const realtime = [1, 2];

/**
 * That vCPUs 1 and 2 are scheduled as realtime and nothing else of the guest is: not in the XMLs, not by the kernel; that the
 * emulator keeps off their CPUs (lp#1614054); and that the memory is locked. Rules: _get_guest_numa_config and
 * _get_guest_memory_backing_config of nova/virt/libvirt/driver.py.
 */
export async function expectRealtime(cloud: Cloud, server: TestServer): Promise<void> {
  const cpus = await server.cpus();
  const ofRealtime = union(realtime.map((vcpu) => cpus.vcpu(vcpu)));
  expect(cpus.emulator).toBeDisjointFrom(ofRealtime);
  expect(cpus.emulator).toBeCpus(cpus.vcpu(0));
  expect((await expectPinned(cloud, server)).pinnedVcpus).toEqual([0, ...realtime]);

  const { config } = server.host;
  const priority = Number(config.effective('libvirt', 'realtime_scheduler_priority')?.value ?? 1);
  // libvirt makes an element for each vCPU of Nova's one; which is which does not matter to anybody.
  const schedules = await fromBothXmls(server, ({ cpuTune }) =>
    cpuTune.vcpuScheds.flatMap(({ ids, ...how }) => [...ids].map((vcpu) => ({ vcpu, ...how }))),
  );
  expect(schedules.sort((a, b) => a.vcpu - b.vcpu)).toEqual(
    realtime.map((vcpu) => ({ vcpu, scheduler: 'fifo', priority })),
  );

  const { threads, vcpus } = await server.threads();
  const scheduled = realtime.map((vcpu) => vcpus.get(vcpu));
  expect(
    scheduled.map((thread) => ({ policy: thread?.policy, priority: thread?.priority })),
    'scheduling of the realtime vCPUs',
  ).toEqual(realtime.map(() => ({ policy: 'fifo', priority })));
  const others = threads.filter((thread) => !scheduled.includes(thread));
  expect(others.length, 'threads that are not realtime').toBeGreaterThan(1);
  expect(
    others.filter(({ policy }) => policy === 'fifo' || policy === 'rr').map(({ name }) => name),
    'other threads that the kernel schedules as realtime',
  ).toEqual([]);

  const backing = await fromBothXmls(server, ({ memoryBacking }) => memoryBacking);
  expect(backing).toMatchObject({ locked: true, noSharePages: true });
  const { currentMemoryKib } = await server.xml();
  expect(await server.lockedMemory(), 'locked memory, KiB').toBeGreaterThanOrEqual(currentMemoryKib);
}
