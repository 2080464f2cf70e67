import {
  dedicated,
  expect,
  feature,
  freePortDevices,
  microversion,
  test,
  type Cloud,
  type FlavorSpec,
  type Need,
  type TestServer,
} from '@whitebox/testkit';
import { deviceNetwork, expectPort } from '../device-ports.js';
import { deviceCells, devicesBesideOtherCells, type DeviceCells } from '../device-cells.js';

type Policy = 'preferred' | 'required' | 'socket';

interface Affinity {
  readonly name: string;
  readonly replaces: string;
  readonly flavor?: Policy;
  readonly image?: Policy;
  /** Of the port of the first guest and of the second one. */
  readonly ports?: readonly [Policy, Policy];
  /** What holds for the second guest. */
  readonly then: Policy;
}

// nova/network/neutron.py, create_resource_requests: the policy of a port counts more than that of flavor or image.
const affinities: readonly Affinity[] = [
  {
    name: 'preferred by the flavor',
    replaces: 'WithFlavor.test_sriov_affinity_preferred_with_flavor',
    flavor: 'preferred',
    then: 'preferred',
  },
  {
    name: 'required by the flavor',
    replaces: 'WithFlavor.test_sriov_affinity_required_with_flavor',
    flavor: 'required',
    then: 'required',
  },
  {
    name: 'preferred by the image',
    replaces: 'WithImagePolicy.test_sriov_affinity_preferred_with_image',
    image: 'preferred',
    then: 'preferred',
  },
  {
    name: 'required by the image',
    replaces: 'WithImagePolicy.test_sriov_affinity_required_with_image',
    image: 'required',
    then: 'required',
  },
  {
    name: 'preferred by the ports',
    replaces: 'WithPortPolicy.test_sriov_affinity_preferred_with_port_policy',
    ports: ['preferred', 'preferred'],
    then: 'preferred',
  },
  {
    name: 'required by one port and preferred by the other',
    replaces: 'WithPortPolicy.test_sriov_mixed_affinity_port_policies',
    ports: ['required', 'preferred'],
    then: 'preferred',
  },
  {
    name: 'required by the ports',
    replaces: 'WithPortPolicy.test_sriov_affinity_required_with_port_policy',
    ports: ['required', 'required'],
    then: 'required',
  },
  {
    name: 'required by the flavor, and preferred by the ports',
    replaces: 'WithPortPolicy.test_sriov_affinity_port_policy_precedence_flavor',
    flavor: 'required',
    ports: ['preferred', 'preferred'],
    then: 'preferred',
  },
  {
    name: 'required by the image, and preferred by the ports',
    replaces: 'WithPortPolicy.test_sriov_affinity_port_policy_precedence_image',
    image: 'required',
    ports: ['preferred', 'preferred'],
    then: 'preferred',
  },
  {
    name: 'to the socket asked for by the flavor',
    replaces: 'WithSocketPolicy.test_sriov_affinity_socket_policy',
    flavor: 'socket',
    then: 'socket',
  },
];

/** What becomes of a second guest, when the first one has all dedicated CPUs beside the card. */
const outcomes: Readonly<Record<Policy, string>> = {
  preferred: 'the next one goes elsewhere on its host',
  required: 'the next one does not start',
  socket: 'the next one goes to another cell of the same socket',
};

for (const affinity of affinities) {
  test(
    `NUMA affinity ${affinity.name}: a guest has the CPUs beside its virtual function, and ${outcomes[affinity.then]}`,
    { needs: needsOf(affinity), replaces: [`test_sriov.SRIOVNumaAffinity${affinity.replaces}`] },
    async ({ cloud }) => {
      const kind = (await cloud.option('whitebox-hardware', 'sriov_vnic_type')) ?? 'direct';
      const network = await deviceNetwork(cloud, kind);
      const cells = await deviceCells(cloud, network.physicalNetwork);
      const guest = await guestOf(cloud, affinity, cells);
      const [firstPolicy, secondPolicy] = affinity.ports ?? [undefined, undefined];

      const firstPort = await network.port({ numaPolicy: firstPolicy });
      const first = await cloud.boot({ ...guest, networks: [{ portId: firstPort }] });
      await expectPort(first, firstPort, kind);
      expect((await first.cpus()).pinned).toBeCpus(cells.beside);

      const secondPort = await network.port({ numaPolicy: secondPolicy });
      const next = { ...guest, networks: [{ portId: secondPort }] };
      if (affinity.then === 'required') {
        const fault = await cloud.bootToFail(next);
        expect(fault.message).toMatch(/No valid host|NUMA|PCI/);
        return;
      }
      const second = await cloud.boot(next);
      await expectPort(second, secondPort, kind);
      await expectElsewhere(second, first, affinity.then === 'socket' ? cells.sameSocket : cells.elsewhere);
    },
  );
}

function needsOf({ image, ports, then }: Affinity): readonly Need[] {
  return [
    microversion('2.74'),
    freePortDevices('direct', { perHost: 2 }),
    devicesBesideOtherCells(then === 'socket' ? 'of the same socket' : undefined),
    ...(image === undefined ? [] : [feature('supports_image_level_numa_affinity')]),
    ...(ports === undefined ? [] : [feature('supports_port_level_numa_affinity')]),
  ];
}

/** A guest with as many CPUs as there are dedicated ones beside the card, on the host with that card. */
async function guestOf(cloud: Cloud, { flavor, image }: Affinity, { host, beside }: DeviceCells) {
  const specs: Record<string, string> = flavor === undefined ? {} : { 'hw:pci_numa_affinity_policy': flavor };
  const spec: FlavorSpec = dedicated(beside.size, specs);
  if (image === undefined) return { flavor: spec, host };
  const imageId = await cloud.image({ properties: { hw_pci_numa_affinity_policy: image } });
  return { flavor: spec, host, imageId };
}

async function expectElsewhere(
  second: TestServer,
  first: TestServer,
  allowed: DeviceCells['elsewhere'],
): Promise<void> {
  expect(second.host.name).toBe(first.host.name);
  const cpus = await second.cpus();
  expect(cpus.pinned).toLieWithin(allowed);
  expect(cpus.pinned).toBeDisjointFrom((await first.cpus()).pinned);
  expect(cpus).toAgreeEverywhere();
}
