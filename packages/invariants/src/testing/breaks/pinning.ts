import { CpuSet } from '@whitebox/core';
import { firstOf, of, fail, everyXml, everyExtra, mixed, moveThreads } from '../change-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const pinning: readonly BadSnapshot[] = [
  [
    'I6',
    'two vCPUs swapped in XML and kernel',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => xml.cpuTune.vcpuPins.set(0, CpuSet.of(3)).set(1, CpuSet.of(2)));
      const { vcpus } = of.pinned(s).threads ?? fail();
      const [one, other] = [vcpus.get(0) ?? fail(), vcpus.get(1) ?? fail()];
      [one.allowedCpus, other.allowedCpus] = [CpuSet.of(3), CpuSet.of(2)];
    },
    /vCPU 0: expected CPU 2 \(database\), found 3 \(domain XML\)/,
  ],
  [
    'I7',
    'a floating vCPU that is pinned to one CPU',
    (s) => {
      mixed(s, CpuSet.of(0));
    },
    /floating vCPU 0: expected 0-1 \(host cell 0\), found 0 \(domain XML\)/,
  ],
  [
    'I8',
    'the shared set of another host',
    (s) => {
      everyXml(s, of.floating(s), (xml) => (xml.vcpus.cpuset = CpuSet.of(0)));
      moveThreads(of.floating(s), CpuSet.of(0));
    },
    /vcpu cpuset: expected 0-1,4-5 \(cpu_shared_set of compute1\), found 0 \(domain XML\)/,
  ],
  [
    'I9',
    'a pin outside of the dedicated set',
    (s) => {
      const { config } = of.host(s);
      config.dedicatedSet = CpuSet.of(3, 6, 7);
      of.root(s).inventories['PCPU'] = { total: 3, reserved: 0, allocationRatio: 1 };
      of.nodeCell(s).pcpuset = CpuSet.of(3);
    },
    /CPUs of host cell 0: expected within 3 \(compute_nodes\), found 2-3/,
  ],
  [
    'I13',
    'emulator threads elsewhere',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => (xml.cpuTune.emulatorPin = CpuSet.of(0)));
      for (const thread of of.pinned(s).threads?.emulator ?? []) thread.allowedCpus = CpuSet.of(0);
    },
    /emulatorpin: expected 2-3 \(pins of the vCPUs that are not realtime\), found 0/,
  ],
  [
    'I14',
    'an I/O thread elsewhere',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => {
        Object.assign(xml, { ioThreads: 1, ioThreadIds: [1] });
        xml.cpuTune.ioThreadPins.set(1, CpuSet.of(0));
      });
      const threads = of.pinned(s).threads ?? fail();
      threads.ioThreads.set(1, { ...firstOf(threads.emulator), allowedCpus: CpuSet.of(0) });
    },
    /iothreadpin 1: expected 2-3 \(emulatorpin\), found 0/,
  ],
  [
    'I15',
    'no realtime vCPU',
    (s) => {
      const specs = { 'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0' };
      everyExtra(s, of.pinned(s), ({ flavors }) => Object.assign(flavors?.current.extraSpecs ?? {}, specs));
    },
    /realtime vCPUs: expected 1 \(flavor and image\), found none \(domain XML\)/,
  ],
  [
    'I16',
    'a thread that was moved',
    (s) => ((of.pinned(s).threads?.vcpus.get(1) ?? fail()).allowedCpus = CpuSet.of(6)),
    /vCPU 1: expected 3 \(domain XML\), found 6 \(kernel\)/,
  ],
];
