import type { Discovered, Missing, Need } from './needs.js';

type Compute = Discovered['computes'][number];

/** Computes whose guests KVM runs: what QEMU alone emulates has no vhost, no split interrupt controller, ... */
export function kvm(): Need {
  return {
    text: 'KVM on all computes',
    hardware: 'virtualization (KVM)',
    missing: ({ computes }) =>
      onEvery(computes, (compute) => {
        const type = domainType(compute);
        return type === 'kvm' ? undefined : `[libvirt] virt_type ${type}`;
      }),
  };
}

/** Hyper-V enlightenments that the hypervisor of each compute can give; libvirt before 9.0 does not tell which. */
export function hypervEnlightenments(wanted: readonly string[]): Need {
  return {
    text: `Hyper-V enlightenments ${wanted.join(', ')} on all computes`,
    hardware: 'virtualization (KVM)',
    missing: ({ computes }) =>
      onEvery(computes, async (compute) => {
        const type = domainType(compute);
        const { hyperv } = await compute.virsh.domainCapabilities(type);
        // What is not told is tried on KVM, which has had them all for years; QEMU alone never had.
        if (hyperv === undefined) return type === 'kvm' ? undefined : `[libvirt] virt_type ${type}`;
        if (wanted.every((name) => hyperv.includes(name))) return undefined;
        return `its libvirt offers ${hyperv.join(', ') || 'none'} for ${type}`;
      }),
  };
}

/** Computes that are configured with a CPU model of their own. */
export function customCpuModel(): Need {
  return {
    text: '[libvirt] cpu_mode custom on all computes',
    missing: ({ computes }) =>
      onEvery(computes, ({ config }) => {
        const mode = config.effective('libvirt', 'cpu_mode')?.value;
        return mode === 'custom' ? undefined : `cpu_mode ${mode ?? 'unset'}`;
      }),
  };
}

/** `[libvirt] virt_type` (nova/conf/libvirt.py). */
function domainType({ config }: Compute): string {
  return config.effective('libvirt', 'virt_type')?.value ?? 'kvm';
}

/** @param lacking what a compute has instead; undefined where it meets the need */
async function onEvery(
  computes: readonly Compute[],
  lacking: (compute: Compute) => Promise<string | undefined> | string | undefined,
): Promise<Missing | undefined> {
  const without: string[] = [];
  for (const compute of computes) {
    const instead = await lacking(compute);
    if (instead !== undefined) without.push(`${compute.name}: ${instead}`);
  }
  return without.length === 0 ? undefined : { evidence: without.join('; '), transient: false };
}
