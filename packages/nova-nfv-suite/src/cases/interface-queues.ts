import { expect, kvm, shared, test, type Cloud, type TestServer } from '@whitebox/testkit';
import { fromBothXmls, qemuOptions } from '../each-layer.js';
import { interfaceProblems } from '../interface-queues.js';

test(
  'an image that asks for multiqueue gives an interface as many queues as the guest has vCPUs, and a resize changes both',
  {
    claim: {},
    // Nova gives queues to vhost only, which takes KVM (nova/virt/libvirt/vif.py, get_base_config).
    needs: [kvm()],
    replaces: ['test_multiqueue.MultiqueueTest.test_multiqueue'],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: { hw_vif_multiqueue_enabled: 'true' } });
    const networks = await fixedNetwork(cloud);
    const server = await cloud.boot({ flavor: shared(2), imageId, networks });
    await expectInterface(server, { queues: '2' });

    await server.resize(shared(3));
    await expectInterface(server, { queues: '3' });

    await server.hardReboot();
    await expectInterface(server, { queues: '3' });
  },
);

test(
  'an interface has the size of receive queue with which its compute is configured, also after a hard reboot',
  {
    claim: { ownHosts: 1 },
    // The predecessor is told by an option of its own what the computes have.
    needs: [kvm()],
    replaces: ['test_rx_tx_queue_size.RxTxQueueSizeTest.test_rx_queue_size'],
  },
  async ({ cloud }) => {
    const size = '512';
    await cloud.configureComputes([{ section: 'libvirt', option: 'rx_queue_size', value: size }]);
    const server = await cloud.boot({ flavor: shared(1), networks: await fixedNetwork(cloud) });
    await expectInterface(server, { rx_queue_size: size });

    await server.hardReboot();

    await expectInterface(server, { rx_queue_size: size });
  },
);

test(
  'an image and a flavor that disagree about multiqueue are refused together',
  // Flavors have not had it before.
  { claim: {}, since: 24 },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: { hw_vif_multiqueue_enabled: 'true' } });
    const flavor = shared(2, { 'hw:vif_multiqueue_enabled': 'false' });
    await expect(cloud.boot({ flavor, imageId })).rejects.toThrow(
      /hw:vif_multiqueue_enabled extra spec[^]*conflicting with image/,
    );
  },
);

/** `[compute] fixed_network_name`, else the only one that there is. */
async function fixedNetwork(cloud: Cloud): Promise<'auto' | readonly [{ readonly networkId: string }]> {
  const name = await cloud.option('compute', 'fixed_network_name');
  if (name === undefined) return 'auto';
  const { id } = await cloud.openstack.network.findNetwork(name, { signal: cloud.signal });
  return [{ networkId: id }];
}

async function expectInterface(server: TestServer, driver: Readonly<Record<string, string>>): Promise<void> {
  const interfaces = await fromBothXmls(server, ({ devices }) =>
    devices.interfaces.map(({ model, driver: { name, queues, rx_queue_size } }) => ({
      model,
      driver: { name, queues, rx_queue_size },
    })),
  );
  const devices = await qemuOptions(server, '-device');
  expect(interfaceProblems(interfaces, devices, driver)).toEqual([]);
}
