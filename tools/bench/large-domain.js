/**
 * A domain as a large NFV or database guest has it, out of the recorded one: pins for many vCPUs, and many disks,
 * interfaces and controllers.
 * @param {string} xml a domain that Nova made
 * @returns {string} about 240 KB
 */
export function largeDomain(xml) {
  /** @param {string} text @param {RegExp} pattern @param {number} count */
  const times = (text, pattern, count) => {
    const [one] = pattern.exec(text) ?? [];
    if (one === undefined) throw new Error(`The recorded domain has no ${String(pattern)}.`);
    return text.replace(one, () => Array.from({ length: count }, () => one).join('\n    '));
  };
  let large = times(xml, /<disk .*?<\/disk>/s, 128);
  large = times(large, /<interface .*?<\/interface>/s, 64);
  large = times(large, /<controller type='usb' .*?<\/controller>/s, 256);
  const pins = Array.from(
    { length: 512 },
    (_, vcpu) => `<vcpupin vcpu='${String(vcpu)}' cpuset='${String(vcpu + 4)}'/>`,
  );
  return large.replace(/<vcpupin .*<vcpupin [^>]*>/s, pins.join('\n    '));
}
