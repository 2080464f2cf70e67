import type { Cloud } from '../../cloud.js';
import type { ComputeHost } from '../../compute-host.js';
import { dedicated } from '../../flavors.js';
import type { TestServer } from '../../test-server.js';

/** A server with what few have: realtime, persistent memory, a vTPM, an encrypted volume. */
export async function bootRich(cloud: Cloud, host: ComputeHost): Promise<TestServer> {
  const specs = {
    'hw:cpu_realtime': 'yes',
    'hw:cpu_realtime_mask': '^0',
    'hw:pmem': '32MB',
    'hw:tpm_version': '2.0',
    'hw:tpm_model': 'tpm-crb',
  };
  const server = await cloud.boot({ flavor: dedicated(2, specs), host });
  await server.attachVolume(await cloud.volume({ type: await cloud.encryptedVolumeType() }));
  return server;
}
