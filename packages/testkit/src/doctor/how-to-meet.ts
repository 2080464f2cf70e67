/** The words of a need -> how a cloud gets it. The first that fits counts. */
const ways: readonly (readonly [RegExp, string])[] = [
  [
    /(?:virtual|physical) functions|vDPA devices/,
    'It takes an SR-IOV card (for vDPA one of its kind) whose functions [pci] device_spec of nova-compute gives a physical_network.',
  ],
  [
    /pages of (\d+) KiB/,
    'Reserve hugepages of that size on the computes: hugepagesz= and hugepages= of the kernel, or nr_hugepages below /sys/devices/system/node.',
  ],
  [/shared (?:CPU|sets)/, 'Set [compute] cpu_shared_set of nova-compute, of several CPUs in each NUMA cell.'],
  [/SMT core/, 'Turn SMT on, and have whole cores in [compute] cpu_dedicated_set of nova-compute.'],
  [/no SMT/, 'Turn SMT off on a compute, or add one without.'],
  [
    /dedicated (?:CPU|sets)/,
    'Set [compute] cpu_dedicated_set of nova-compute, of several CPUs in each NUMA cell and not the same on all computes, and free those that guests hold.',
  ],
  [
    /PCI devices for flavors/,
    'List devices in [pci] device_spec of nova-compute, and an alias in [pci] alias.',
  ],
  [
    /virtual GPU|vgpu/,
    'It takes a GPU with mediated devices, and its types in [devices] enabled_mdev_types of nova-compute.',
  ],
  [
    /persistent memory/,
    'Make namespaces (ndctl), and name them in [libvirt] pmem_namespaces of nova-compute.',
  ],
  [
    /computes? that (?:are|is) up/,
    'Start more computes: openstack compute service list says which are down.',
  ],
  [/NUMA cells?/, 'It takes computes with as many NUMA cells, and CPUs of each in the sets of nova-compute.'],
  [/compute API|^Nova \d/, 'It takes a newer Nova; what is tested is not in this one.'],
  [/Cinder|block storage/, 'Deploy Cinder, with room for some GiB.'],
  [
    /Barbican|key manager|vtpm/,
    'Deploy Barbican, and set [libvirt] swtpm_enabled of nova-compute, with swtpm installed.',
  ],
  [/KVM|Hyper-V/, 'It takes computes with KVM: /dev/kvm, and [libvirt] virt_type kvm.'],
  [
    /display|VNC/,
    'Set [vnc] or [spice] of nova-compute; for encryption also vnc_tls of libvirt (qemu.conf).',
  ],
  [/security model/, 'It takes hosts whose libvirt confines guests that way (security_driver of qemu.conf).'],
  [/format iso/, 'Have iso among [image_format] disk_formats of Glance.'],
  [
    /nova-api that can be configured/,
    'Make the control hosts reachable by SSH: [whitebox] ctlplane_addresses.',
  ],
  [
    /^\[(?:compute|whitebox)[\w-]*\]/,
    'Where the cloud has it, the configuration says otherwise: whitebox discover shows who says so.',
  ],
  [/^\[/, 'Set this option of nova-compute on the computes.'],
];

/** How a cloud gets what a need asks for. */
export function howToMeet(need: string): string {
  const way = ways.find(([words]) => words.test(need))?.[1];
  return way ?? 'The README of the suite says what its cases need.';
}
