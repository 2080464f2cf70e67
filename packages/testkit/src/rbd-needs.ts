import type { Need } from './needs.js';

/**
 * Computes that copy images out of Ceph themselves: `[glance] enable_rbd_download` (nova/conf/glance.py), with the pool where
 * Glance keeps them.
 */
export function rbdDownload(): Need {
  return {
    text: '[glance] enable_rbd_download on every compute',
    hardware: 'Ceph',
    missing: async ({ computes, options }) => {
      const { value, origin } = await options.explain('compute-feature-enabled', 'rbd_download');
      if (value === true) return undefined;
      const each = computes.map(({ name, config }) => {
        const inForce = (section: string, option: string): string =>
          `[${section}] ${option} ${config.effective(section, option)?.value ?? 'unset'}`;
        const said = [
          inForce('glance', 'enable_rbd_download'),
          inForce('glance', 'rbd_pool'),
          inForce('libvirt', 'images_type'),
        ];
        return `${name}: ${said.join(', ')}`;
      });
      return { evidence: `${String(value)} (${origin}); ${each.join('; ')}`, transient: false };
    },
  };
}
