/** The domain XML of a guest of the good snapshot: with NUMA and dedicated CPUs, or floating. */
export function numaXml(uuid: string): string {
  return `<domain type='kvm' id='1'>
  <name>instance-00000001</name>
  <uuid>${uuid}</uuid>
  <metadata>${nova}</metadata>
  <memory unit='KiB'>131072</memory>
  <memoryBacking><hugepages><page size='2048' unit='KiB' nodeset='0'/></hugepages></memoryBacking>
  <vcpu placement='static'>2</vcpu>
  <cputune>
    <vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='3'/><emulatorpin cpuset='2-3'/>
  </cputune>
  <numatune><memory mode='strict' nodeset='0'/><memnode cellid='0' mode='strict' nodeset='0'/></numatune>
  <os><type arch='x86_64'>hvm</type></os>
  <cpu><numa><cell id='0' cpus='0-1' memory='131072' unit='KiB' memAccess='shared'/></numa></cpu>
  <devices/>
</domain>`;
}

export function floatingXml(uuid: string): string {
  return `<domain type='kvm' id='2'>
  <name>instance-00000002</name>
  <uuid>${uuid}</uuid>
  <metadata>${nova}</metadata>
  <memory unit='KiB'>131072</memory>
  <vcpu placement='static' cpuset='0-1,4-5'>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/var/lib/nova/mnt/volume'/><target dev='vda'/><serial>${volumeId}</serial>
    </disk>
  </devices>
</domain>`;
}

export const volumeId = '33333333-3333-4333-8333-333333333333';

const nova = `<nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
  <nova:creationTime>2026-11-23 01:00:00</nova:creationTime></nova:instance>`;
