/** The part of a host's configuration in force that is read here. */
export interface Config {
  effective(
    section: string,
    option: string,
    deprecated?: readonly { readonly section: string; readonly key: string }[],
  ): { readonly value: string } | undefined;
}

/** What the configuration of a compute asks of the CPU of each guest. */
export interface ConfiguredCpu {
  /** `[libvirt] cpu_mode`; undefined: unset. */
  readonly mode: string | undefined;
  /** The model of guests whose flavor asks for no traits: the first; undefined with any mode but custom. */
  readonly model: string | undefined;
  /** Name of the feature in domain XML -> its policy there. */
  readonly features: ReadonlyMap<string, 'require' | 'disable'>;
}

/**
 * `[libvirt] cpu_mode`, `cpu_models` and `cpu_model_extra_flags`, as _get_guest_cpu_model_config and _prepare_cpu_flag of
 * nova/virt/libvirt/driver.py take them: a flag is asked for with + or without a sign, and taken away with -.
 */
export function configuredCpu(config: Config): ConfiguredCpu {
  const list = (option: string, deprecated: string): string[] =>
    (config.effective('libvirt', option, [{ section: 'libvirt', key: deprecated }])?.value ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  const mode = config.effective('libvirt', 'cpu_mode')?.value;
  const flags = list('cpu_model_extra_flags', 'cpu_model_extra_flags').map((flag) => flag.toLowerCase());
  return {
    mode,
    model: mode === 'custom' ? list('cpu_models', 'cpu_model')[0] : undefined,
    // Nova gives up before it looks at the flags where the mode is none.
    features:
      mode === 'none'
        ? new Map()
        : new Map(
            flags.map((flag) => [flag.replace(/^[+-]/, ''), flag.startsWith('-') ? 'disable' : 'require']),
          ),
  };
}

/** QEMU's name of a feature (libvirt src/qemu/qemu_capabilities.c, virQEMUCapsCPUFeatureTranslate). */
export function qemuFeature(name: string): string {
  return name === 'pclmuldq' ? 'pclmulqdq' : name.replaceAll('_', '-');
}
