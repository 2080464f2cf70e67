/**
 * What every Nova since the enlightenments were completed (26.0.0) gives to Windows guests (nova/virt/libvirt/driver.py,
 * _set_features), by the names of domain XML. Some releases give more: reenlightenment and evmcs, which were taken
 * out again, and vendor_id where the hypervisor is to hide.
 */
export const enlightenments = [
  'frequencies',
  'ipi',
  'relaxed',
  'reset',
  'runtime',
  'spinlocks',
  'synic',
  'tlbflush',
  'vapic',
  'vpindex',
] as const;

/**
 * Those that a guest lacks, or has switched off, in words.
 *
 * @param hyperv of domain XML, name -> on or off
 * @param properties of `-cpu` of its QEMU: libvirt spells them "hv-vapic=on", older ones "hv_vapic"
 */
export function missingEnlightenments(
  hyperv: ReadonlyMap<string, boolean>,
  properties: readonly string[],
): string[] {
  const ofQemu = new Set(
    properties.flatMap((property) => {
      const match = /^hv[-_]([^=]+)(?:=(.*))?$/.exec(property);
      return match === null || match[2] === 'off' ? [] : [(match[1] ?? '').replaceAll('-', '_')];
    }),
  );
  return enlightenments.flatMap((name) => [
    ...(hyperv.get(name) === true ? [] : [`${name}: ${hyperv.has(name) ? 'off' : 'not'} in the domain XML`]),
    ...(ofQemu.has(name) ? [] : [`${name}: QEMU was started without it`]),
  ]);
}
