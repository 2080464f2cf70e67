import { Secret } from '@whitebox/core';
import { parseConnectionUrl, type ConnectionUrl } from '@whitebox/db';
import type { Host } from '@whitebox/host';
import { detectDeployment, runningConfig, type FlavourName, type RunningConfig } from '@whitebox/services';

/** How Nova's own services reach their databases, as the running one on a control host has it. */
export interface NovaConnection {
  /** "[api_database] connection of nova-conductor on controller" */
  readonly place: string;
  /** Root on the machine that has it: its addresses are those that this machine sees. */
  readonly machine: Host;
  readonly url: ConnectionUrl;
  /** `[database] connection`, for cells that are mapped by a template. It has a password. */
  readonly cellConnection: Secret | undefined;
  /** The authorities that the URL names, in PEM. */
  readonly ca: string | undefined;
}

/** Services that have `[api_database]`; nova-compute never has. */
const databaseServices = ['nova-conductor', 'nova-scheduler', 'nova-api'] as const;

export interface NovaService {
  readonly name: string;
  config(): Promise<Pick<RunningConfig, 'effective'>>;
}

/** Those services of a machine that can have the connection. */
export async function novaServicesOf(machine: Host, flavour?: FlavourName): Promise<NovaService[]> {
  const deployment = await detectDeployment(machine, { flavour });
  return databaseServices
    .filter((name) => deployment.services.includes(name))
    .map((name) => ({ name, config: () => runningConfig(deployment.service(name)) }));
}

/**
 * Reads the connection from the first service of a machine that has it.
 *
 * @param tried told, in words without secrets, what each service had instead
 */
export async function readNovaConnection(
  machine: Host,
  name: string,
  services: readonly NovaService[],
  tried: (what: string) => void,
): Promise<NovaConnection | undefined> {
  if (services.length === 0) tried(`${name}: none of ${databaseServices.join(', ')} is installed`);
  for (const service of services) {
    const place = `${service.name} on ${name}`;
    try {
      const config = await service.config();
      const found = config.effective('api_database', 'connection');
      if (found === undefined || found.value === '') {
        tried(`${place}: no [api_database] connection in force`);
        continue;
      }
      const url = parseConnectionUrl(found.value);
      const cell = config.effective('database', 'connection')?.value;
      return {
        place: `[api_database] connection of ${place}`,
        machine,
        url,
        cellConnection: cell === undefined || cell === '' ? undefined : new Secret(cell),
        ca:
          url.tlsCaFile === undefined
            ? undefined
            : Buffer.from(await machine.readFile(url.tlsCaFile)).toString(),
      };
    } catch (error) {
      tried(`${place}: ${sentenceOf(error)}`);
    }
  }
  return undefined;
}

/** What went wrong in one line; errors of Whitebox hold no secrets. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
