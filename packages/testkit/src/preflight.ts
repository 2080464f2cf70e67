import { CloudConnection } from './cloud-connection.js';
import type { CloudReference } from './run-context.js';

/**
 * Opens and closes everything that a run will need, so that a cloud which cannot be reached is told once and before any
 * case runs.
 *
 * @returns what was found, a line each
 */
export async function preflight(cloud: CloudReference): Promise<string[]> {
  await using connection = await CloudConnection.open(cloud);
  return [
    `Nova: ${connection.release.text}`,
    ...connection.computes.map(
      ({ name, dedicated, shared }) =>
        `${name}: dedicated CPUs ${dedicated.isEmpty ? 'none' : dedicated.toString()}, shared CPUs ${shared.isEmpty ? 'unset' : shared.toString()}`,
    ),
  ];
}
