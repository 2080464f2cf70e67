import { discovered, optional, withDefault } from '../option.js';
import { bool, dict, int, list, oneOf, text } from '../schema.js';

/** `[whitebox]` */
export const whitebox = {
  nodes_yaml: optional(
    text,
    'Path of the YAML file that describes the compute hosts: commands to stop and start services, and their containers.',
  ),
  ctlplane_ssh_username: withDefault(
    text,
    'heat-admin',
    'User name for SSH to controllers and compute hosts. Where neither it nor the key is said and the default key is not there, the SSH configuration of the user holds.',
    {
      older: [{ section: 'whitebox', key: 'target_ssh_user' }],
    },
  ),
  ctlplane_ssh_private_key_path: withDefault(
    text,
    '/home/stack/.ssh/id_rsa',
    'Path of the private key for SSH to controllers and compute hosts. Where nobody says it and the default is not there, the SSH configuration and the agent of the user hold.',
    { older: [{ section: 'whitebox', key: 'target_private_key_path' }] },
  ),
  ssh_known_hosts_path: optional(
    text,
    "Path of the known_hosts file for SSH to controllers and compute hosts. Without it the files of the user's SSH configuration hold.",
  ),
  ssh_host_keys: optional(
    oneOf('verify', 'accept-new', 'accept-any'),
    'What to do about the key that a host shows: take only those of known_hosts, also take and remember new ones, or take any. Without it StrictHostKeyChecking of the SSH configuration holds, else verify.',
  ),
  ctlplane_addresses: optional(
    dict(text),
    'Addresses of the compute hosts for SSH, by their names in Nova (OS-EXT-SRV-ATTR:host): `compute-0:192.0.2.10,compute-1:192.0.2.11`. Without it the names themselves are used, as the SSH configuration of the user knows them.',
    {
      older: [
        { section: 'whitebox', key: 'hypervisors' },
        { section: 'whitebox', key: 'ctrlplane_addresses' },
      ],
    },
  ),
  ssh_jump: optional(
    text,
    'SSH hosts through which controllers and compute hosts are reached, as in ProxyJump: `stack@undercloud.example:22`. Without it ProxyJump of the SSH configuration of the user holds.',
  ),
  deployment: discovered(
    oneOf('devstack', 'tripleo', 'edpm', 'kolla', 'osa', 'rdo', 'debian'),
    'the units, containers and directories of each host',
    undefined,
    'How OpenStack is deployed on the hosts: it tells the units, containers, configuration files and logs of the services. What nodes.yaml says of a service wins over it.',
  ),
  containers: discovered(
    bool,
    'the containers of each compute host',
    false,
    'nova-compute and libvirt run in containers. With false the container names of nodes.yaml mean nothing.',
  ),
  container_runtime: discovered(
    oneOf('docker', 'podman'),
    'the container runtime of each compute host',
    'docker',
    'Program that runs the containers.',
  ),
  max_compute_nodes: discovered(
    int(1),
    'the nova-compute services that are up',
    31337,
    'Number of compute hosts; some cases need few of them.',
  ),
  available_cinder_storage: discovered(
    int(0),
    "the free capacity of Cinder's storage pools",
    0,
    'Storage that Cinder can give to tests, in GB.',
  ),
  file_backed_memory_size: withDefault(
    int(0),
    0,
    'Size for [libvirt]file_backed_memory in cases that turn it on, in MiB.',
  ),
  selinux_label: optional(text, 'SELinux label that the process of a guest must have.'),
  selinux_imagelabel: optional(text, 'SELinux label that the images of a guest must have.'),
  flavor_volume_size: withDefault(int(0), 1, 'Disk of the flavors that cases make, in GB.'),
  flavor_ram_size: withDefault(int(1), 64, 'Memory of the flavors that cases make, in MiB.'),
  cpu_model: discovered(
    text,
    '[libvirt]cpu_models of nova-compute in force, with cpu_mode custom',
    undefined,
    'CPU model that the compute hosts give to guests.',
  ),
  cpu_model_extra_flags: discovered(
    list(text),
    '[libvirt]cpu_model_extra_flags of nova-compute in force',
    undefined,
    'CPU flags that the compute hosts add to the model.',
  ),
  rx_queue_size: discovered(
    int(0),
    '[libvirt]rx_queue_size of nova-compute in force',
    undefined,
    'Size of the receive queue of virtio interfaces.',
  ),
  default_video_model: optional(text, 'Video model that a guest must have when nothing asks for another.'),
  max_disk_devices_to_attach: discovered(
    int(-1),
    '[compute]max_disk_devices_to_attach of nova-compute in force',
    undefined,
    'Most disks that one server may have.',
  ),
  libvirt_hw_machine_type: discovered(
    oneOf('pc', 'q35'),
    '[libvirt]hw_machine_type of nova-compute in force',
    'pc',
    'Machine type that guests get when nothing asks for another.',
  ),
  provider_config_location: discovered(
    text,
    '[compute]provider_config_location of nova-compute in force',
    '/etc/nova/provider_config',
    'Directory of provider.yaml files on the compute hosts.',
  ),
  hugepage_guest_ram_size: withDefault(int(1), 64, 'Memory of guests with huge pages, in MiB.'),
  pmem_flavor_size: optional(
    text,
    'Name of a persistent memory namespace for the flavor, such as 2GB or MEDIUM.',
  ),
  pmem_expected_size: optional(
    text,
    'Size of persistent memory that a guest must get, with an IEC unit: 4GiB.',
  ),
  http_iso_image: withDefault(
    text,
    '/opt/stack/devstack/files/Core-14.0.iso',
    'Path of a bootable ISO image on the machine that runs the tests.',
  ),
};
