import type { HostFile } from '../host-files.js';
import type { Host } from '../lab-hosts.js';
import { devstack } from './devstack.js';
import { tripleo } from './tripleo.js';

// A lab is made of the distribution's packages. A profile may say that its hosts look as another deployment tool would have
// left them: the same programs, but under other units, with other files, accounts and containers.

/** Tools other than the packages themselves. */
export const deploymentNames = ['devstack', 'tripleo'] as const;

export type DeploymentName = (typeof deploymentNames)[number];

/** What a deployment tool makes of the hosts of the packages. Pure. */
export interface HostShape {
  /** Unit of a package -> the unit that this tool has in its place, both without ".service". */
  readonly units: Readonly<Record<string, string>>;
  /** @param files those of the packages, with the names of the units changed already */
  files(files: readonly HostFile[], host: Host): HostFile[];
  /** Paths of the packages that are not there. */
  readonly absent: readonly string[];
  /** Folders of the packages that are elsewhere too, once what is absent is gone. */
  readonly copies?: readonly { readonly from: string; readonly to: string }[];
  readonly folders: readonly { readonly path: string; readonly account: string; readonly mode: number }[];
  /** Folders that belong to this account with all that is in them. */
  readonly trees: readonly { readonly path: string; readonly account: string }[];
  /** As whom nova-compute runs, if not as that of the packages; has Nova's key and lets it in. */
  readonly computeAccount?: string;
}

const shapes: Readonly<Record<DeploymentName, HostShape>> = { devstack, tripleo };

/** Undefined where a host is as the packages made it. */
export function shapeOf({ deployment }: Pick<Host, 'deployment'>): HostShape | undefined {
  return deployment === undefined ? undefined : shapes[deployment];
}

/** The files of a host as its deployment tool would have left them. */
export function shapedFiles(files: readonly HostFile[], host: Host): HostFile[] {
  const shape = shapeOf(host);
  if (shape === undefined) return [...files];
  const renamed = files.map((file) => ({
    ...file,
    path: file.path.replace(
      /^(\/etc\/systemd\/system\/)([^/]+)(\.service\.d\/)/,
      (_all, before: string, unit: string, after: string) => `${before}${shape.units[unit] ?? unit}${after}`,
    ),
    content: file.path.startsWith('/etc/systemd/system/')
      ? file.content.replaceAll(
          /^(After=)(\S+)\.service$/gm,
          (_all, before: string, unit: string) => `${before}${shape.units[unit] ?? unit}.service`,
        )
      : file.content,
  }));
  return shape.files(renamed, host);
}

/** Names of units as this host has them. */
export function shapedUnits(units: readonly string[], host: Host): string[] {
  const names = shapeOf(host)?.units ?? {};
  return units.map((unit) => names[unit.replace(/\.service$/, '')] ?? unit);
}
