import type { Need } from './needs.js';

/** Computes whose guests have a display: Nova gives a guest a video device only then (driver.py, _guest_add_video_device). */
export function display(): Need {
  return {
    text: 'a display for guests on all computes',
    missing: ({ computes }) => {
      const without = computes.filter(
        ({ config }) => !isOn(config, 'vnc', true) && !isOn(config, 'spice', false),
      );
      if (without.length === 0) return Promise.resolve(undefined);
      const hosts = without.map(({ name }) => name).join(', ');
      return Promise.resolve({
        evidence: `[vnc] enabled and [spice] enabled are both off on ${hosts}`,
        transient: false,
      });
    },
  };
}

interface Config {
  effective(section: string, option: string): { readonly value: string } | undefined;
}

/** oslo.config's spellings of a boolean, in any case. */
function isOn(config: Config, section: string, preset: boolean): boolean {
  const value = config.effective(section, 'enabled')?.value.toLowerCase();
  if (value === undefined) return preset;
  return ['true', '1', 'on', 'yes'].includes(value);
}
