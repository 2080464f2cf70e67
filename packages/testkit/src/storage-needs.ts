import type { Need } from './needs.js';

/** Cinder. */
export function blockStorage(): Need {
  return {
    text: 'block storage (Cinder)',
    missing: async ({ options }) => {
      const { value, origin } = await options.explain('service_available', 'cinder');
      return value === false ? { evidence: `none: ${origin}`, transient: false } : undefined;
    },
  };
}

/** That computes allow so many disks for a guest: `[compute] max_disk_devices_to_attach`. */
export function roomForDisks(count: number): Need {
  return {
    text: `[compute] max_disk_devices_to_attach of at least ${count}`,
    missing: async ({ options }) => {
      const { value, origin } = await options.explain('whitebox', 'max_disk_devices_to_attach');
      // -1, its default: as many as the bus takes.
      if (typeof value !== 'number' || value < 0 || value >= count) return undefined;
      return { evidence: `${value}: ${origin}`, transient: false };
    },
  };
}
