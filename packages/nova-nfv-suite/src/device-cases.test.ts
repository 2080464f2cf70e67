import { collectCases, tryCase, type RegisteredCase } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { provenByUnitTests } from './faults/proven-by-unit-tests.js';
import { fakeSession } from './fake-session.suite.js';
import { FakeState, type FakeServer } from './fake-state.suite.js';

// Cases for devices that no lab has, each run from its first step to its last on a made-up cloud that does all as it should,
// and on one that breaks as Nova once did (F numbers: the list of such bugs that the suite is measured by).

const cases = new Map<string, RegisteredCase>();
for (const load of [
  () => import('./cases/pci-passthrough.js'),
  () => import('./cases/rbd-download.js'),
  () => import('./cases/sriov-attach.js'),
  () => import('./cases/sriov-migration.js'),
  () => import('./cases/sriov-numa-affinity.js'),
  () => import('./cases/vdpa.js'),
  () => import('./cases/vgpu.js'),
]) {
  for (const one of await collectCases(load)) cases.set(one.name, one);
}

type Break = (state: FakeState, server: FakeServer) => void;

async function run(name: string, after?: string, breaking?: Break): Promise<void> {
  const one = cases.get(name);
  if (one === undefined) throw new Error(`There is no case "${name}".`);
  const state = new FakeState();
  const happened = new Set<string>();
  const session = fakeSession(state, (action, server) => {
    if (action === after && !happened.has(action)) breaking?.(state, server);
    happened.add(action);
  });
  await tryCase(session, one);
  if (after !== undefined && !happened.has(after)) throw new Error(`The case never did "${after}".`);
}

describe('on a cloud that works, a case passes', () => {
  it.each([...cases.keys()])('%s', (name) => run(name));
});

const own: Break = (state, server) => {
  const mine = state.devices.find(
    ({ host, instanceUuid }) => host === server.host && instanceUuid === server.id,
  );
  Object.assign(mine ?? {}, { status: 'available' });
};
const without =
  (pattern: RegExp): Break =>
  (state) => {
    state.editXml = (xml) => xml.replace(pattern, '');
  };

const bugs: Readonly<Record<string, readonly [after: string, breaking: Break, expected: RegExp]>> = {
  'F37 F38 the old host keeps a device': [
    'confirm-resize',
    (state, server) => {
      const kept = state.devices.find(
        (one) => one.host !== server.host && one.type === 'type-PCI' && one.status === 'available',
      );
      Object.assign(kept ?? {}, {
        status: 'allocated',
        instanceUuid: server.id,
        requestId: `${server.id}-alias`,
      });
    },
    /PCI device \S+ of compute1 is allocated to it, but it is on compute2/,
  ],
  'F39 the port keeps its old slot': [
    'live-migrate',
    (state) => {
      for (const port of state.ports.values()) port.slot = '0000:99:00.0';
    },
    /0000:99:00\.0/,
  ],
  'F40 the port keeps the MAC of the old card': [
    'confirm-resize',
    (state) => {
      for (const port of state.ports.values()) port.mac = 'fa:16:3e:99:99:99';
    },
    /Neutron has MAC fa:16:3e:99:99:99, its card/,
  ],
  'F41 no VLAN': ['live-migrate', without(/<vlan>.*?<\/vlan>/), /domain XML has VLAN none, its network 7/],
  'F42 several queues': [
    'attach-port',
    (state) => {
      state.editXml = (xml) => xml.replace('<vlan>', "<driver queues='4'/><vlan>");
    },
    /4 queues for a device of the host/,
  ],
  'F43 a device of another type': [
    'attach-port',
    (state, server) => {
      const mine = state.devices.find(({ instanceUuid }) => instanceUuid === server.id);
      if (mine !== undefined) mine.type = 'type-PCI';
    },
    /the database has a type-PCI for it, not a type-PF/,
  ],
  'F48 no device': ['boot', without(/<hostdev.*<\/hostdev>/), /expected \[\] to have a length of 1/],
  'F49 the devices of the old flavor': [
    'confirm-resize',
    (state, server) => {
      const free = state.devices.find(
        (one) => one.host === server.host && one.type === 'type-PCI' && one.status === 'available',
      );
      if (server.specs['pci_passthrough:alias'] === undefined)
        Object.assign(free ?? {}, { status: 'allocated', instanceUuid: server.id, requestId: 'old' });
      else server.specs = {};
    },
    /was given for no request|PCI requests|to have a length of 1/,
  ],
  'F52 the row is free': ['hard-reboot', own, /PCI device \S+ of it is available in the database/],
  'F52 of an evacuated guest': ['source-is-back', own, /PCI device \S+ of it is available in the database/],
  'F52 while the old host is down': [
    'evacuate',
    (state, server) => {
      state.release(server, server.host);
    },
    /devices that its new host has for it: expected \[\]/,
  ],
  'the old host keeps a device of an evacuated guest': [
    'source-is-back',
    (state, server) => {
      const free = state.devices.find(({ host, type }) => host !== server.host && type === 'vdpa');
      Object.assign(free ?? {}, { status: 'allocated', instanceUuid: server.id });
    },
    /PCI device \S+ of compute1 is allocated to it, but it is on compute2/,
  ],
  'the old host still runs an evacuated guest': [
    'source-is-back',
    (state) => {
      state.evacuations.leftBy = () => ['compute1'];
    },
    /domains of compute1, which still knows the guest/,
  ],
  'F53 an evacuated guest without its GPU': [
    'evacuate',
    without(/<hostdev.*<\/hostdev>/),
    /mediated devices in the domain XML/,
  ],
  'F52 of a vDPA port': ['boot', own, /PCI device \S+ of it is available in the database/],
  'F52 after a move': ['confirm-resize', own, /is available/],
  'F53 no virtual GPU': [
    'confirm-resize',
    without(/<hostdev.*<\/hostdev>/),
    /mediated devices in the domain XML/,
  ],
  'F54 no virtual GPU after a suspension': [
    'resume',
    without(/<hostdev.*<\/hostdev>/),
    /mediated devices in the domain XML/,
  ],
  'F55 another one after a hard reboot': [
    'hard-reboot',
    (state, server) => {
      for (const mdev of state.mdevsOf(server)) {
        mdev.gpu = state.gpus.find((gpu) => gpu.host === server.host && gpu !== mdev.gpu) ?? mdev.gpu;
      }
    },
    /virtual GPU after hardReboot/,
  ],
  'a mediated device of another type': [
    'boot',
    (state) => {
      state.mdevType = 'nvidia-36';
    },
    /expected 'nvidia-36' to be 'nvidia-35'/,
  ],
  'a guest runs far from its card': [
    'boot',
    (state, server) => {
      state.numa.moveTo(server.id, 2);
    },
    /CPUs 10-11, expected 2-3/,
  ],
  'a required cell is only preferred': [
    'boot',
    (state) => {
      state.numa.policyOf = () => 'preferred';
    },
    /it became ACTIVE/,
  ],
  'a preferred cell is required': [
    'boot',
    (state) => {
      state.numa.policyOf = () => 'required';
    },
    /No valid host was found: NUMA topology/,
  ],
  'the policy of the port does not count': [
    'boot',
    (state) => {
      state.numa.policyOf = ({ flavor, image }) => flavor ?? image;
    },
    /No valid host was found: NUMA topology/,
  ],
  'a guest is on another socket than its card': [
    'boot',
    (state) => {
      state.numa.policyOf = () => 'preferred';
    },
    /CPUs 10-11, expected only some of 6-7/,
  ],
  'the image comes over HTTP after all': [
    'boot',
    (state) => {
      state.images.log.push('Error during RBD image export: timed out');
    },
    /nova-compute fell back: Error during RBD image export/,
  ],
  'nothing is copied out of Ceph': [
    'boot',
    (state) => {
      state.images.log = [];
    },
    /nova-compute did not export image/,
  ],
  'the root disk stays in Ceph': [
    'boot',
    (state) => {
      state.images.configured.delete('images_type');
    },
    /the root disk is no file: rbd/,
  ],
  'F56 a GPU that is gone': [
    'delete',
    (state) => {
      state.gpus.pop();
    },
    /inventories of the GPUs/,
  ],
};

describe('on a cloud that breaks as Nova once did, a case fails for that reason:', () => {
  it.each(provenByUnitTests)('$bug: $testName', async ({ testName, bug }) => {
    const [after, breaking, expected] = bugs[bug] ?? [];
    expect(expected, `the bug "${bug}" here`).toBeDefined();
    await expect(run(testName, after, breaking)).rejects.toThrow(expected);
  });
});

it('says of each case which bug turns it red', () => {
  const said = new Set(provenByUnitTests.map(({ testName }) => testName));
  expect([...cases.keys()].filter((name) => !said.has(name))).toEqual([]);
});
