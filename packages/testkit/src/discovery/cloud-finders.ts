import { onEvery, type CloudFacts } from './cloud-facts.js';
import { only, type Finder, type Finders } from './finder.js';
import { flag } from './nova-compute-finders.js';

// What the API, Placement, the database and the release tell.

/** A trait that every compute has (os-traits; nova/virt/libvirt/driver.py reports it). */
function trait(...anyOf: readonly string[]): Finder<boolean> {
  return (facts) =>
    onEvery(facts, async (compute) => {
      const traits = await compute.traits();
      return anyOf.some((name) => traits.includes(name));
    });
}

/** Since that version of Nova; where the API cannot tell releases apart, only if all that fit have it. */
function since(major: number): Finder<boolean> {
  return ({ release }) => release.atLeast(major);
}

async function virtualTpm(facts: CloudFacts): Promise<boolean> {
  const devices = await trait('COMPUTE_SECURITY_TPM_2_0', 'COMPUTE_SECURITY_TPM_1_2')(facts);
  return devices === true && (await facts.inCatalogue('key-manager'));
}

export const featureFinders: Finders<'compute-feature-enabled'> = {
  virtio_rng: since(21),
  rbd_download: flag('glance', 'enable_rbd_download'),
  uefi_boot: (facts) => onEvery(facts, async (compute) => (await compute.firmware()).includes('efi')),
  uefi_secure_boot: trait('COMPUTE_SECURITY_UEFI_SECURE_BOOT'),
  vtpm_device_supported: virtualTpm,
  vdpa_cold_migration_supported: since(26),
  stable_compute_uuid_supported: since(27),
  bochs_display_support: trait('COMPUTE_GRAPHICS_MODEL_BOCHS'),
  cpu_power_management: flag('libvirt', 'cpu_power_management'),
  iothreads: since(33),
  resize: async (facts) =>
    facts.computes.length > 1 || (await flag('DEFAULT', 'allow_resize_to_same_host')(facts)) === true,
  scheduler_enabled_filters: async (facts) => {
    const filters = await facts.schedulerFilters();
    return filters.length === 0 ? undefined : filters;
  },
};

export const databaseFinders: Finders<'whitebox-database'> = {
  host: ({ database }) => database.address,
  user: ({ database }) => database.user,
  password: ({ database }) => database.password,
  nova_cell1_db_name: (facts) => facts.cellDatabaseName(),
};

export const computeFinders: Finders<'compute'> = {
  image_ref: async (facts) => only(await facts.images(), 'images'),
  min_compute_nodes: ({ computes }) => computes.length,
  max_microversion: ({ maxMicroversion }) => maxMicroversion,
};

export const serviceFinders: Finders<'service_available'> = {
  cinder: (facts) => facts.hasService('block-storage'),
  neutron: (facts) => facts.hasService('network'),
  glance: (facts) => facts.hasService('image'),
  nova: (facts) => facts.hasService('compute'),
  barbican: (facts) => facts.inCatalogue('key-manager'),
};
