import type { CpuSet } from '@whitebox/core';
import { hasXml } from '../has-xml.js';
import { guestRule } from '../rule.js';
import { same, show } from '../said.js';

export const i16 = guestRule({
  id: 'I16',
  statement: 'the kernel lets each thread of a guest run where the domain XML says',
  source: 'libvirt src/qemu/qemu_process.c, qemuProcessSetupVcpus and qemuProcessSetupEmulator',
  transience: 'stuck',
  confidence: 'certain',
  remedy: 'virsh vcpupin DOMAIN VCPU CPUS --live; virsh emulatorpin DOMAIN CPUS --live',
  reads: ['domain XML', 'kernel'],
  guest: ['live', 'threads'],
  host: ['cpus'],
  applies: hasXml,
  check: ({ live, threads: process }, { cpus }, { violated }) => {
    if (live === null) return;
    if (process === null || process.vcpus.size === 0) {
      violated({ point: 'vCPU threads', expected: String(live.vcpus.current), found: 'none (kernel)' });
      return;
    }
    const everywhere = live.vcpus.cpuset ?? cpus.online;
    const check = (point: string, pin: CpuSet | undefined, allowed: CpuSet | undefined): void => {
      const expected = (pin ?? everywhere).intersection(cpus.online);
      const found = allowed?.intersection(cpus.online);
      if (same(expected, found)) return;
      violated({
        point,
        expected: `${show(expected)} (domain XML)`,
        found: `${found === undefined ? 'no thread' : show(found)} (kernel)`,
        layers: [
          { layer: 'domain XML', says: show(expected) },
          { layer: 'kernel', says: found === undefined ? 'no thread' : show(found) },
        ],
      });
    };
    for (let vcpu = 0; vcpu < live.vcpus.current; vcpu += 1)
      check(`vCPU ${vcpu}`, live.cpuTune.vcpuPins.get(vcpu), process.vcpus.get(vcpu)?.allowedCpus);
    for (const { name, tid, allowedCpus } of process.emulator)
      check(
        `emulator thread ${name}${process.emulator.length > 1 ? ` ${tid}` : ''}`,
        live.cpuTune.emulatorPin,
        allowedCpus,
      );
    for (const id of live.ioThreadIds)
      check(`I/O thread ${id}`, live.cpuTune.ioThreadPins.get(id), process.ioThreads.get(id)?.allowedCpus);
  },
});
