import type { FaultKind } from './fault.js';
import { overrideUnits, removeOverrides, requireUnits, unitsOf } from './units.js';

const service = {
  flags: '--service <unit>',
  description: 'a unit of systemd, such as nova-compute; may be repeated',
  required: true,
  repeatable: true,
} as const;

const starting = { timeoutMs: 300_000 };

export const stopService: FaultKind = {
  name: 'stop-service',
  summary: 'stop units of systemd in good order',
  options: [service],
  check: (host, words) => requireUnits(host, unitsOf(words)),
  async inject(host, words) {
    await host.run(['systemctl', 'stop', ...unitsOf(words)], starting);
  },
  async heal(host, words) {
    await host.run(['systemctl', 'start', ...unitsOf(words)], starting);
  },
};

/** Killed without a chance to say goodbye. Systemd would start it again within a second, so it is told not to. */
export const killService: FaultKind = {
  name: 'kill-service',
  summary: 'kill units with SIGKILL; they stay dead until healed',
  options: [service],
  check: (host, words) => requireUnits(host, unitsOf(words)),
  async inject(host, words) {
    const units = unitsOf(words);
    await overrideUnits(host, units, ['[Service]', 'Restart=no']);
    await host.run(['systemctl', 'kill', '--signal=SIGKILL', ...units]);
  },
  async heal(host, words) {
    const units = unitsOf(words);
    await removeOverrides(host, units);
    await host.try(['systemctl', 'reset-failed', ...units]);
    await host.run(['systemctl', 'start', ...units], starting);
  },
};

export const killInMigration: FaultKind = {
  ...killService,
  name: 'kill-in-migration',
  summary: 'wait until a live migration runs from or to the host, then kill units as kill-service does',
  moment: 'live-migration',
};
