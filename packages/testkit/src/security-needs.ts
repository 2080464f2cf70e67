import type { GroupName } from '@whitebox/config';
import { HostError, type Host } from '@whitebox/host';
import type { Discovered, Missing, Need } from './needs.js';

type Compute = Discovered['computes'][number];

/** Barbican. */
export function keyManager(): Need {
  return {
    text: 'a key manager (Barbican)',
    missing: (found) => said(found, 'service_available', 'barbican'),
  };
}

/** Volumes whose keys are in Barbican and which the compute opens. */
export function encryptedVolumes(): Need {
  return {
    text: 'encrypted volumes (Cinder, Barbican and [compute-feature-enabled] attach_encrypted_volume)',
    missing: async (found) =>
      (await said(found, 'service_available', 'cinder')) ??
      (await said(found, 'service_available', 'barbican')) ??
      (await said(found, 'compute-feature-enabled', 'attach_encrypted_volume')),
  };
}

/** A disk format that Glance takes. */
export function imageFormat(format: string): Need {
  return {
    text: `images of format ${format}`,
    missing: async ({ options }) => {
      const { value, origin } = await options.explain('image', 'disk_formats');
      const formats = Array.isArray(value) ? value : [];
      return formats.includes(format) ? undefined : lasting(`${formats.join(', ')}: ${origin}`);
    },
  };
}

/** A security driver of libvirt ("selinux", "apparmor", "dac") that is at work on every compute. */
export function securityModel(model: string): Need {
  return {
    text: `security model ${model} in libvirt on all computes`,
    missing: ({ computes }) =>
      onEvery(computes, async (compute) => {
        const { secModels } = (await compute.virsh.capabilities()).host;
        if (secModels.includes(model)) return undefined;
        const modules = await text(compute.machine, '/sys/kernel/security/lsm');
        const kernel =
          modules === undefined ? 'its kernel tells of no security module' : `kernel: ${modules}`;
        return `libvirt has ${secModels.join(', ') || 'none'}, ${kernel}`;
      }),
  };
}

/** QEMU encrypts VNC, and asks whoever connects for a certificate (vnc_tls and vnc_tls_x509_verify of qemu.conf). */
export function encryptedConsoles(): Need {
  return {
    text: 'VNC consoles that QEMU encrypts on all computes',
    missing: ({ computes }) =>
      onEvery(computes, async (compute) => {
        const file = '/etc/libvirt/qemu.conf';
        const conf = await text(compute.libvirtMachine, file);
        if (conf === undefined) return `no ${file}`;
        const off = ['vnc_tls', 'vnc_tls_x509_verify'].filter((name) => !isOn(conf, name));
        return off.length === 0 ? undefined : `${off.join(' and ')} not on in ${file}`;
      }),
  };
}

/** Whether a flag of a libvirt configuration file is on; the last line of several counts. */
function isOn(conf: string, name: string): boolean {
  const values = [...conf.matchAll(new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'gm'))];
  return values.at(-1)?.[1] === '1';
}

async function said({ options }: Discovered, group: GroupName, key: string): Promise<Missing | undefined> {
  const { value, origin } = await options.explain(group, key);
  return value === false ? lasting(`[${group}] ${key} is off: ${origin}`) : undefined;
}

/** @param lacks what a compute lacks; undefined where it lacks nothing */
async function onEvery(
  computes: readonly Compute[],
  lacks: (compute: Compute) => Promise<string | undefined>,
): Promise<Missing | undefined> {
  const each = await Promise.all(
    computes.map(async (compute) => {
      const what = await lacks(compute);
      return what === undefined ? [] : [`${compute.name}: ${what}`];
    }),
  );
  return each.flat().length === 0 ? undefined : lasting(each.flat().join('; '));
}

/** undefined: there is no such file. */
async function text(machine: Host, path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await machine.readFile(path)).trim();
  } catch (error) {
    if (error instanceof HostError && error.code === 'WB_HOST_NO_FILE') return undefined;
    throw error;
  }
}

function lasting(evidence: string): Missing {
  return { evidence, transient: false };
}
