import { waitUntil } from '@whitebox/core';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';

/** Waits until a guest says something on its serial console. */
export async function expectToSay(cloud: Cloud, server: TestServer, text: string): Promise<void> {
  await waitUntil(
    `${server.name} to say "${text}" on its console`,
    async (signal) => {
      const log = await cloud.openstack.compute.servers.consoleLog(server.id, undefined, { signal });
      if (log.includes(text)) return { done: true, value: undefined };
      return { done: false, seen: `at last it said ${JSON.stringify(log.slice(-200))}` };
    },
    { timeoutMs: 60_000, intervalMs: 500, signal: cloud.signal },
  );
}
