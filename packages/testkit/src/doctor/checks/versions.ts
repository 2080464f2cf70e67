import { runText } from '@whitebox/host';
import { Virsh } from '@whitebox/libvirt-xml';
import { after, ok, unknown, warning, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import type { SiteHost } from '../site.js';

/** What -> version, of one host. */
type Versions = Readonly<Record<string, string>>;

/** Guests move between computes: what differs there breaks live migrations, or makes cases pass on one host only. */
export const versions: Check = {
  code: 'WB_DOCTOR_VERSIONS',
  title: 'versions on the computes',
  look: async (site) => {
    const hosts = (await after('finding its hosts', site.hosts())).filter(({ isCompute }) => isCompute);
    const problems: Finding[] = [];
    const each = await Promise.all(
      hosts.map(async (host) => {
        try {
          return [{ name: host.name, versions: await versionsOf(host) }];
        } catch (error) {
          problems.push(...findingsOfError(error, host.name));
          return [];
        }
      }),
    );
    return [...compare(each.flat()), ...problems];
  },
};

async function versionsOf(host: SiteHost): Promise<Versions> {
  const machine = await after('sudo there', host.root());
  const deployment = await after('the look for nova-compute there', host.deployment());
  const argv = deployment.virsh.length === 1 ? undefined : deployment.virsh;
  const [kernel, libvirt, nova] = await Promise.all([
    runText(machine, ['uname', '-r'], { timeoutMs: 20_000 }),
    new Virsh(machine, { argv, timeoutMs: 20_000 }).version(),
    host.novaVersion().catch(() => undefined),
  ]);
  return {
    kernel: kernel.trim(),
    libvirt: libvirt.daemon,
    [libvirt.hypervisor]: libvirt.hypervisorVersion,
    ...(nova === undefined ? {} : { Nova: nova }),
  };
}

export function compare(
  hosts: readonly { readonly name: string; readonly versions: Versions }[],
): readonly Finding[] {
  if (hosts.length === 0) return [unknown('no compute could be looked at')];
  const names = [...new Set(hosts.flatMap((host) => Object.keys(host.versions)))];
  return names.map((name) => {
    const each = hosts.map((host) => ({ host: host.name, version: host.versions[name] ?? 'unknown' }));
    const distinct = [...new Set(each.map(({ version }) => version))];
    if (distinct.length === 1) return ok(`${name} ${distinct.join()}`);
    return warning(
      `${name} differs: ${each.map(({ host, version }) => `${host} ${version}`).join(', ')}`,
      'Guests move between these hosts: bring them to the same version, or expect moves that fail.',
    );
  });
}
