import type { ElementReader } from './element-reader.js';

/** `<os>` */
export interface DomainOs {
  /** hvm, linux, ... */
  readonly type: string;
  readonly arch: string | undefined;
  /** pc-q35-7.2 */
  readonly machine: string | undefined;
  /** efi or bios, when libvirt chooses the firmware. */
  readonly firmware: string | undefined;
  readonly loader: Loader | undefined;
  readonly nvram: { readonly path: string | undefined; readonly template: string | undefined } | undefined;
  /** hd, cdrom, network, fd */
  readonly bootDevices: readonly string[];
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly commandLine: string | undefined;
  readonly smbios: string | undefined;
}

export interface Loader {
  readonly path: string | undefined;
  /** rom or pflash */
  readonly type: string | undefined;
  readonly readonly: boolean | undefined;
  readonly secure: boolean | undefined;
  readonly stateless: boolean | undefined;
}

/** `<features>` by name; an element that only stands there counts as on. */
export interface DomainFeatures {
  /** acpi, apic, pmu, vmcoreinfo, smm, ... -> on or off */
  readonly states: ReadonlyMap<string, boolean>;
  /** Hyper-V enlightenments: relaxed, vapic, spinlocks, ... -> on or off. */
  readonly hyperv: ReadonlyMap<string, boolean>;
  /** custom or passthrough. */
  readonly hypervMode: string | undefined;
  /** Children of `<kvm>`: hidden, hint-dedicated, poll-control, ... -> on or off. */
  readonly kvm: ReadonlyMap<string, boolean>;
  /** kvm or qemu. */
  readonly ioapicDriver: string | undefined;
}

export interface Clock {
  /** utc, localtime, timezone, variable */
  readonly offset: string;
  readonly timezone: string | undefined;
  readonly timers: readonly Timer[];
}

export interface Timer {
  readonly name: string;
  readonly present: boolean | undefined;
  readonly tickPolicy: string | undefined;
}

/** `<launchSecurity>`: memory encryption of AMD SEV, SEV-SNP, Intel TDX or IBM s390-pv. */
export interface LaunchSecurity {
  /** sev, sev-snp, tdx, s390-pv */
  readonly type: string;
  /** Child element -> text: policy, cbitpos, reducedPhysBits, ... */
  readonly parameters: ReadonlyMap<string, string>;
}

export function readOs(domain: ElementReader): DomainOs {
  const os = domain.needChild('os');
  const type = os.needChild('type');
  const loader = os.child('loader');
  const nvram = os.child('nvram');
  return {
    type: type.text,
    arch: type.attribute('arch'),
    machine: type.attribute('machine'),
    firmware: os.attribute('firmware'),
    loader: loader && {
      path: loader.text === '' ? undefined : loader.text,
      type: loader.attribute('type'),
      readonly: loader.flag('readonly'),
      secure: loader.flag('secure'),
      stateless: loader.flag('stateless'),
    },
    nvram: nvram && {
      path: nvram.text === '' ? nvram.child('source')?.attribute('file') : nvram.text,
      template: nvram.attribute('template'),
    },
    bootDevices: os.all('boot').map((boot) => boot.need('dev')),
    kernel: os.textOf('kernel'),
    initrd: os.textOf('initrd'),
    commandLine: os.textOf('cmdline'),
    smbios: os.child('smbios')?.attribute('mode'),
  };
}

export function readFeatures(domain: ElementReader): DomainFeatures {
  const features = domain.child('features');
  return {
    states: states(features),
    hyperv: states(features?.child('hyperv')),
    hypervMode: features?.child('hyperv')?.attribute('mode'),
    kvm: states(features?.child('kvm')),
    ioapicDriver: features?.child('ioapic')?.attribute('driver'),
  };
}

function states(parent: ElementReader | undefined): ReadonlyMap<string, boolean> {
  return new Map(
    (parent?.children() ?? []).map((feature) => [
      feature.name,
      feature.flag('state') ?? feature.flag('enabled') ?? true, // async-teardown has the other attribute
    ]),
  );
}

export function readClock(domain: ElementReader): Clock | undefined {
  const clock = domain.child('clock');
  if (clock === undefined) return undefined;
  return {
    offset: clock.attribute('offset') ?? 'utc',
    timezone: clock.attribute('timezone'),
    timers: clock.all('timer').map((timer) => ({
      name: timer.need('name'),
      present: timer.flag('present'),
      tickPolicy: timer.attribute('tickpolicy'),
    })),
  };
}

export function readLaunchSecurity(domain: ElementReader): LaunchSecurity | undefined {
  const security = domain.child('launchSecurity');
  if (security === undefined) return undefined;
  return {
    type: security.need('type'),
    parameters: new Map(security.children().map((child) => [child.name, child.text])),
  };
}
