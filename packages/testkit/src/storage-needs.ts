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
