import { discovered, optional } from '../option.js';
import { boundedList, dict, int, list, matching, oneOf, text } from '../schema.js';

const pciId = matching('PCI id of four hexadecimal digits', /^(?:0x)?[0-9a-f]{4}$/i);
const networkPools = 'the pools of PCI devices with a physical network in compute_nodes of Nova';
const kernelTopology = 'the CPU topology that the kernel of each compute host tells';
const vlan = int(0, 4095);

/** `[whitebox-hardware]` */
export const hardware = {
  vgpu_vendor_id: optional(pciId, 'Vendor of the GPUs that give virtual GPUs: 10de.'),
  vgpu_type_mapping: optional(
    dict(text),
    'Types of virtual GPUs by the custom trait that stands for them: `CUSTOM_NVIDIA_11:nvidia-319`.',
  ),
  sriov_nic_vendor_id: discovered(
    pciId,
    networkPools,
    undefined,
    'Vendor of the SR-IOV network cards: 8086.',
  ),
  sriov_vf_product_id: discovered(
    pciId,
    networkPools,
    undefined,
    'Product of their virtual functions: 154c.',
  ),
  sriov_pf_product_id: discovered(
    pciId,
    networkPools,
    undefined,
    'Product of their physical functions: 1572.',
  ),
  macvtap_virtio_vendor_id: optional(pciId, 'Vendor of the device that a guest sees for a macvtap port.'),
  macvtap_virtio_product_id: optional(pciId, 'Product of the device that a guest sees for a macvtap port.'),
  sriov_physnet: discovered(text, networkPools, undefined, 'Physical network for SR-IOV ports.'),
  sriov_vnic_type: optional(
    oneOf('direct', 'macvtap', 'direct-physical'),
    'Kind of the SR-IOV ports that cases make.',
  ),
  sriov_vlan_id: optional(vlan, 'VLAN of the network for SR-IOV ports.'),
  vdpa_physnet: optional(text, 'Physical network for vDPA ports.'),
  vdpa_vlan_id: optional(vlan, 'VLAN of the network for vDPA ports.'),
  physnet_numa_affinity: discovered(
    int(0),
    networkPools,
    undefined,
    'NUMA node of the network card that is connected to sriov_physnet.',
  ),
  socket_affinity: discovered(
    int(0),
    networkPools,
    undefined,
    'Socket of the network card that is connected to sriov_physnet.',
  ),
  socket_topology: discovered(
    dict(boundedList(int(0))),
    kernelTopology,
    undefined,
    'NUMA nodes of each socket: `0: [0,1], 1: [2,3]`.',
  ),
  cpu_topology: discovered(
    dict(boundedList(int(0))),
    kernelTopology,
    undefined,
    'CPUs of each NUMA node: `0: [0,1], 1: [2,3]`.',
  ),
  smt_hosts: discovered(
    list(text),
    kernelTopology,
    [],
    'Compute hosts whose CPUs have several threads each (SMT, Hyper-Threading).',
  ),
  configured_hugepage_sizes: discovered(
    list(int(1)),
    'the huge pages that the kernel of every compute host has',
    [],
    'Sizes of the huge pages that the compute hosts have, in KiB: 2048,1048576.',
  ),
  dedicated_cpus_per_numa: discovered(
    int(0),
    '[compute]cpu_dedicated_set of nova-compute in force: the least of the NUMA nodes that have any',
    0,
    'CPUs of cpu_dedicated_set in each NUMA node.',
  ),
  shared_cpus_per_numa: discovered(
    int(0),
    '[compute]cpu_shared_set of nova-compute in force: the least of the NUMA nodes that have any',
    0,
    'CPUs of cpu_shared_set in each NUMA node.',
  ),
  realtime_mask: optional(text, 'CPUs of a guest for hw:cpu_realtime_mask: 1-2 or ^0.'),
  pci_passthrough_alias: discovered(
    text,
    '[pci]alias of nova-compute in force',
    undefined,
    'Alias of the PCI devices for passthrough, as a flavor names it.',
  ),
  pci_passthrough_addresses: discovered(
    list(text),
    'devices of type-PCI in pci_devices of Nova',
    undefined,
    'Addresses of PCI devices that may be passed through: 0000:01:00.0.',
  ),
  pci_passthrough_resource_class: discovered(
    text,
    '[pci]device_spec of nova-compute in force',
    undefined,
    'Resource class of the PCI devices for passthrough in Placement.',
  ),
};
