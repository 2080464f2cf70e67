import { discovered, withDefault } from '../option.js';
import { bool, list, text } from '../schema.js';

const traits = 'the traits of every compute host in Placement';
const release = 'the release of Nova, as far as its API tells';

/** `[compute-feature-enabled]`: what Whitebox adds, and what it reads of Tempest's own. */
export const computeFeatures = {
  virtio_rng: discovered(bool, release, false, 'Guests get a virtio random number generator.'),
  rbd_download: discovered(
    bool,
    '[glance]enable_rbd_download of nova-compute in force',
    false,
    'nova-compute downloads images directly from Ceph.',
  ),
  sriov_hotplug: withDefault(bool, true, 'SR-IOV ports can be attached to a running server.'),
  supports_image_level_numa_affinity: withDefault(
    bool,
    true,
    'An image property can ask for NUMA affinity of PCI devices.',
  ),
  supports_port_level_numa_affinity: withDefault(bool, true, 'A port can ask for NUMA affinity.'),
  uefi_boot: discovered(
    bool,
    'the firmware that libvirt of every compute host offers',
    true,
    'Guests can boot with UEFI.',
  ),
  uefi_secure_boot: discovered(bool, traits, false, 'Guests can boot with UEFI and Secure Boot.'),
  vtpm_device_supported: discovered(
    bool,
    `${traits}, and the catalogue`,
    false,
    'Guests can have a virtual TPM; the cloud has Barbican.',
  ),
  vtpm_live_migration_supported: withDefault(bool, true, 'Servers with a virtual TPM can be live migrated.'),
  vdpa_cold_migration_supported: discovered(
    bool,
    release,
    false,
    'Servers with vDPA ports can be cold migrated and resized.',
  ),
  vgpu_cold_migration_supported: withDefault(
    bool,
    false,
    'Servers with virtual GPUs can be cold migrated and resized.',
    { older: [{ section: 'whitebox-hardware', key: 'vgpu_cold_migration_supported' }] },
  ),
  stable_compute_uuid_supported: discovered(
    bool,
    release,
    false,
    'nova-compute keeps its UUID in a file (2023.1 and later).',
  ),
  bochs_display_support: discovered(bool, traits, false, 'Guests can have a bochs display.'),
  cpu_power_management: discovered(
    bool,
    '[libvirt]cpu_power_management of nova-compute in force',
    false,
    'Nova powers unused dedicated CPUs down.',
  ),
  vencrypt: withDefault(bool, true, 'Consoles are encrypted (VeNCrypt).'),
  iothreads: discovered(bool, release, true, 'Guests get an I/O thread.'),

  // Tempest's own.
  resize: discovered(
    bool,
    'the number of compute hosts and [DEFAULT]allow_resize_to_same_host of nova-compute in force',
    false,
    'Servers can be resized.',
  ),
  cold_migration: withDefault(bool, true, 'Servers can be cold migrated.'),
  live_migration: withDefault(bool, true, 'Servers can be live migrated.'),
  volume_backed_live_migration: withDefault(
    bool,
    false,
    'Servers that boot from a volume can be live migrated.',
  ),
  live_migrate_back_and_forth: withDefault(
    bool,
    false,
    'Servers can be live migrated to another host and back.',
  ),
  block_migration_for_live_migration: withDefault(bool, false, 'Live migration copies local disks.'),
  console_output: withDefault(bool, true, 'The console output of a server can be read.'),
  attach_encrypted_volume: withDefault(bool, true, 'Encrypted volumes can be attached.'),
  unified_limits: withDefault(bool, false, 'Nova takes its quotas from Keystone.'),
  vtpm_live_migration: withDefault(bool, false, "Tempest's name for vtpm_live_migration_supported."),
  scheduler_enabled_filters: discovered(
    list(text),
    '[filter_scheduler]enabled_filters of nova-scheduler in force',
    undefined,
    'Filters of the scheduler.',
    { older: [{ section: 'compute-feature-enabled', key: 'scheduler_available_filters' }] },
  ),
};
