import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import type { NovaRelease } from '@whitebox/openstack';
import { Release } from './release.js';

const script = 'import importlib.metadata as m; print(m.version("nova"))';

/**
 * The version of Nova that a running service has ("26.2.2"), as its own interpreter tells it in the process's own view of the
 * file system: packages, a container, a virtualenv. Takes about 0.15 s.
 *
 * @param machine root there
 * @returns undefined where that cannot be told
 */
export async function installedNova(
  machine: Host,
  { pid, argv }: { readonly pid: number; readonly argv: readonly string[] },
  limits: Limits = {},
): Promise<string | undefined> {
  const [interpreter = ''] = argv;
  if (!/^\/.*\/python[\d.]*$/.test(interpreter)) return undefined;
  const command = ['nsenter', '--target', String(pid), '--mount', '--', interpreter, '-c', script];
  const { exitCode, stdout } = await machine.exec(command, limits);
  const version = stdout.trim();
  return exitCode === 0 && /^\d+\.\d+\S*$/.test(version) ? version : undefined;
}

/**
 * The release of a cloud: that of its oldest nova-compute, since what that cannot do the cloud cannot; else what the
 * compute API tells.
 *
 * @param api by its highest microversion
 * @param installed of each compute; undefined where it could not be told
 */
export function releaseOf(api: NovaRelease, installed: readonly (string | undefined)[]): Release {
  const versions = [...new Set(installed.filter((version) => version !== undefined))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const [oldest, newest] = [versions[0], versions.at(-1)];
  const nova =
    oldest === undefined ? '' : `Nova ${oldest}${newest === oldest ? '' : ` to ${newest ?? ''}`}, `;
  const major = oldest === undefined ? undefined : Number.parseInt(oldest, 10);
  const named = api.names.filter((_, index) => api.majorVersions[index] === major);
  return new Release(
    major === undefined ? api.majorVersions : [major],
    `${(named.length > 0 ? named : api.names).join(' or ') || 'unknown'} (${nova}compute API ${api.maxMicroversion})`,
  );
}
