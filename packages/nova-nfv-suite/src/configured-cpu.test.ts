import { describe, expect, it } from 'vitest';
import { configuredCpu, qemuFeature, type Config } from './configured-cpu.js';

/** @param options of [libvirt] */
function config(options: Readonly<Record<string, string>>): Config {
  return {
    effective: (section, option, deprecated = []) => {
      const names = [option, ...deprecated.map(({ key }) => key)];
      const value = names.map((name) => options[name]).find((text) => text !== undefined);
      return section === 'libvirt' && value !== undefined ? { value } : undefined;
    },
  };
}

describe('configuredCpu', () => {
  it('takes the first model and tells flags that are asked for from those that are taken away', () => {
    const cpu = configuredCpu(
      config({
        cpu_mode: 'custom',
        cpu_models: 'Nehalem, Haswell',
        cpu_model_extra_flags: 'VME, +ssse3,-mmx',
      }),
    );
    expect(cpu).toEqual({
      mode: 'custom',
      model: 'Nehalem',
      features: new Map([
        ['vme', 'require'],
        ['ssse3', 'require'],
        ['mmx', 'disable'],
      ]),
    });
  });

  it('knows the older name of the option', () => {
    expect(configuredCpu(config({ cpu_mode: 'custom', cpu_model: 'Nehalem' })).model).toBe('Nehalem');
  });

  it('takes no model with another mode, and no flags with mode none', () => {
    const flags = { cpu_models: 'Nehalem', cpu_model_extra_flags: 'ssse3' };
    expect(configuredCpu(config({ cpu_mode: 'host-model', ...flags }))).toEqual({
      mode: 'host-model',
      model: undefined,
      features: new Map([['ssse3', 'require']]),
    });
    expect(configuredCpu(config({ cpu_mode: 'none', ...flags })).features.size).toBe(0);
    expect(configuredCpu(config({}))).toEqual({ mode: undefined, model: undefined, features: new Map() });
  });
});

it.each([
  ['pclmuldq', 'pclmulqdq'],
  ['lahf_lm', 'lahf-lm'],
  ['ssse3', 'ssse3'],
])('%s of libvirt is %s of QEMU', (name, expected) => {
  expect(qemuFeature(name)).toBe(expected);
});
