import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot } from '@whitebox/host';
import { credentialsFromCloudsYaml, OpenStack } from '@whitebox/openstack';
import { heartbeatProbe, SystemdService } from '@whitebox/services';
import { SshHost } from '@whitebox/ssh';

/** Milliseconds between two looks at the service API; the predecessor's (tempest's build_interval). */
const interval = 1000;

/**
 * nova-compute restarted until it serves: by the new process and its first heartbeat, against stop, wait until the service
 * API says "down", start, wait until it says "up", which is how the predecessor does it. How long "down" takes is
 * service_down_time of the cloud (10 s in the lab, 60 s by default).
 * @param {import('./bench.js').Bench} bench
 * @param {import('../support/lab-control.js').LabDescription} lab
 */
export async function benchRestart(bench, lab) {
  const compute = lab.hosts.findLast(({ roles }) => roles.includes('compute'));
  if (compute === undefined) throw new Error('the lab has no compute host');
  const credentials = await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud });
  const openstack = await OpenStack.connect(credentials);
  const ssh = await SshHost.connect(compute.name, { configFile: lab.ssh.configFile });
  try {
    const service = new SystemdService(asRoot(ssh), { unit: 'nova-compute.service' });
    const row = async () => {
      const [found] = await openstack.compute.services.list({ binary: 'nova-compute', host: compute.name });
      if (found === undefined) throw new Error(`Nova knows no nova-compute on ${compute.name}`);
      return found;
    };
    /** @param {'up' | 'down'} state */
    const reported = async (state) => {
      for (const end = performance.now() + 300_000; (await row()).state !== state; await sleep(interval)) {
        if (performance.now() > end)
          throw new Error(`nova-compute on ${compute.name} did not become ${state}`);
      }
    };
    /** @param {() => Promise<unknown>} work */
    const timed = async (work) => {
      const started = performance.now();
      await work();
      return performance.now() - started;
    };
    await bench.compare({
      title: 'restart of nova-compute until it serves',
      ours: {
        name: '@whitebox/services',
        measure: () =>
          timed(() =>
            service.restart({ ready: heartbeatProbe(async () => ({ seen: (await row()).updatedAt })) }),
          ),
      },
      theirs: {
        name: 'service API down, then up',
        measure: () =>
          timed(async () => {
            await service.stop();
            await reported('down');
            await service.start();
            await reported('up');
          }),
      },
      rounds: 3,
    });
  } finally {
    await ssh[Symbol.asyncDispose]();
    await openstack[Symbol.asyncDispose]();
  }
}
