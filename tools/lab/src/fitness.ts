import { machineCollisions } from './machine-collisions.js';
import { machineFacts } from './machine-facts.js';
import { findObstacles, unfit } from './obstacles.js';
import { ownsNames } from './down.js';
import type { Host } from './lab-hosts.js';
import { distribution, findLab, planHosts, settingsFor } from './lab.js';
import type { GivenSettings, LabSettings } from './settings.js';
import type { LabState } from './state.js';

/** @throws LabError that lists everything that is in the way */
export async function refuseUnfit(
  settings: LabSettings,
  hosts: readonly Host[],
  state: LabState | undefined,
  cached: boolean,
): Promise<void> {
  const obstacles = await allObstacles(settings, hosts, state, cached);
  if (obstacles.length > 0) throw unfit(obstacles);
}

/** All obstacles at once; nothing on the machine is changed for it. */
export async function check(given: GivenSettings): Promise<readonly string[]> {
  const { state } = await findLab(given);
  const settings = settingsFor(given, state);
  return await allObstacles(settings, await planHosts(given, settings, state), state, false);
}

async function allObstacles(
  settings: LabSettings,
  hosts: readonly Host[],
  state: LabState | undefined,
  cached: boolean,
): Promise<string[]> {
  const facts = await machineFacts(settings, distribution, hosts, cached);
  const own = state !== undefined && ownsNames(state);
  const names = hosts.map(({ name }) => name);
  return [...findObstacles(facts, distribution), ...(await machineCollisions(settings, names, own))];
}
