import { run } from '@whitebox/host';
import { Virsh } from '@whitebox/libvirt-xml';
import { after, ok, wrong, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import { onEachHost } from '../on-each-host.js';
import type { SiteHost } from '../site.js';

/** What is run on computes, and the package of Debian and of CentOS that has it. */
const programs = new Map([
  ['nsenter', 'util-linux'],
  ['stat', 'coreutils'],
  ['sha256sum', 'coreutils'],
  ['python3', 'python3'],
  ['systemctl', 'systemd'],
]);

export const tools: Check = {
  code: 'WB_DOCTOR_TOOLS',
  title: 'tools on the computes',
  look: (site) =>
    onEachHost(site, async (host) => [...(await programsOn(host)), ...(await libvirtOn(host))], {
      computes: true,
    }),
};

async function programsOn(host: SiteHost): Promise<readonly Finding[]> {
  const machine = await after('sudo there', host.root());
  const script = 'for one; do command -v "$one" >/dev/null || echo "$one"; done; true';
  const argv = ['sh', '-c', script, 'sh', ...programs.keys()];
  const { stdout } = await run(machine, argv, { timeoutMs: 20_000 });
  const missing = stdout.split('\n').filter((name) => name !== '');
  if (missing.length === 0) return [ok(`${[...programs.keys()].join(', ')} are there`, host.name)];
  return missing.map((name) =>
    wrong(`there is no ${name}`, `Install the package ${programs.get(name) ?? name} there.`, host.name),
  );
}

/** Read-only, as an audit of libvirt would. */
async function libvirtOn(host: SiteHost): Promise<readonly Finding[]> {
  const machine = await after('sudo there', host.root());
  const deployment = await after('the look for nova-compute there', host.deployment());
  const argv = [
    ...deployment.virsh,
    '-r',
    ...(deployment.virsh.length === 1 ? ['-c', 'qemu:///system'] : []),
  ];
  const virsh = new Virsh(machine, { argv, timeoutMs: 20_000 });
  try {
    const { library, daemon } = await virsh.version();
    const guests = await virsh.list();
    const versions = library === daemon ? library : `${library}, libvirt ${daemon}`;
    return [ok(`${argv.join(' ')} ${versions} reads ${guests.length} guests`, host.name)];
  } catch (error) {
    return findingsOfError(error, host.name);
  }
}
