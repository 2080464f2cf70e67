import { ok, warning, type Check } from '../check.js';
import { onEachHost } from '../on-each-host.js';

/** Milliseconds for one more command on a connection that stands. */
const slow = 1000;

/** Key, host key, hosts on the way: the connecting tells which of them it is. */
export const ssh: Check = {
  code: 'WB_DOCTOR_SSH',
  title: 'SSH to each host',
  timeoutMs: 45_000,
  look: (site) =>
    onEachHost(site, async (host) => {
      const machine = await host.login();
      const started = performance.now();
      await machine.exec(['true'], { timeoutMs: 20_000 });
      const ms = Math.round(performance.now() - started);
      if (ms < slow) return [ok(`${host.where}; a command takes ${ms} ms`, host.name)];
      return [
        warning(
          `${host.where}; a command takes ${ms} ms`,
          'Runs ask hundreds of things: look at the load of that host and at the way there.',
          host.name,
        ),
      ];
    }),
};
