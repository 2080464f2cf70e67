import { FakeHost } from '@whitebox/host/testing';
import { detectDeployment } from '@whitebox/services';
import { expect, it } from 'vitest';
import { describeCompute } from '../open-computes.js';
import { deploymentOf } from './found-deployment.js';

function hostWith(units: readonly string[], containers: readonly string[] = []): FakeHost {
  const unitLines = units.map((unit) => `${unit} enabled enabled\n`).join('');
  const text = `@units\n${unitLines}@active\n@podman\n${containers.join('\n')}\n@docker\n@paths\n@link\n`;
  return new FakeHost({ name: 'a' }).on(['sh', '-c'], text);
}

const tripleo = () =>
  hostWith(
    ['tripleo_nova_compute.service', 'tripleo_nova_libvirt.service'],
    ['nova_compute', 'nova_libvirt'],
  );

it('tells where everything of a host in containers is, and why it is thought so', async () => {
  const deployment = await detectDeployment(tripleo());
  expect(deploymentOf('compute-0', deployment, ['/etc/nova/nova.conf'])).toEqual({
    host: 'compute-0',
    flavour: 'tripleo',
    title: 'TripleO (OSP 16, 17)',
    evidence: ['unit tripleo_nova_compute.service', 'unit tripleo_nova_libvirt.service'],
    services: [
      {
        name: 'nova-compute',
        runs: 'podman container nova_compute of unit tripleo_nova_compute.service',
        files: ['/etc/nova/nova.conf'],
        sources: ['/etc/nova is /var/lib/config-data/puppet-generated/nova_libvirt/etc/nova'],
        logs: ['/var/log/containers/nova/nova-compute.log'],
      },
      {
        name: 'libvirt',
        runs: 'podman container nova_libvirt of unit tripleo_nova_libvirt.service',
        files: [],
        sources: [],
        logs: [],
      },
    ],
    virsh: 'podman exec -u root nova_libvirt virsh',
    database: 'Galera on the internal API network, from a controller only; the first cell is nova',
  });
});

it('tells what the configuration says in place of what is found', async () => {
  const said = {
    name: 'a',
    place: 'nodes.yaml:1',
    dedicated: undefined,
    shared: undefined,
    deployment: { services: { 'nova-compute': { startCommand: 'systemctl start my-nova' } } },
  };
  const { deployment } = await describeCompute('a', tripleo(), said, 'debian');
  const found = deploymentOf('a', deployment);
  expect(found).toMatchObject({ flavour: 'debian', evidence: [], virsh: 'virsh' });
  expect(found.services).toMatchObject([{ name: 'nova-compute', runs: 'unit my-nova' }]);
});
