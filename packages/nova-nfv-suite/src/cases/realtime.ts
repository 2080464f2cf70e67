import { dedicated, freeDedicatedCpus, test } from '@whitebox/testkit';
import { expectRealtime, realtimeSpecs } from '../expect-realtime.js';

test(
  'a realtime guest has exactly the vCPUs of its mask scheduled as realtime, its emulator elsewhere and its memory locked, also after a hard reboot',
  {
    claim: { dedicatedCpus: 3, sharedHosts: 'one' },
    needs: [freeDedicatedCpus({ perHost: 3 })],
    // The predecessor takes the mask from its configuration, where it describes no cloud; any mask shows the same.
    replaces: ['test_cpu_pinning.CPUPolicyTest.test_realtime_cpu'],
  },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: dedicated(3, realtimeSpecs) });
    await expectRealtime(cloud, server);

    await server.hardReboot();
    await expectRealtime(cloud, server);
  },
);
