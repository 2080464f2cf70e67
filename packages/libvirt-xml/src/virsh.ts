import type { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { parseCapabilities, type Capabilities } from './capabilities.js';
import { parseDomainCapabilities, type DomainCapabilities } from './domain-capabilities.js';
import { parseDomain, type Domain } from './domain.js';
import { parseSecret, type Secret } from './secret.js';
import { noDomainNamed, virshFailure } from './virsh-failure.js';
import {
  cell,
  outputError,
  parseBlockList,
  parseSecretList,
  parseVirshTable,
  parseVolumeList,
  type BlockDevice,
  type SecretSummary,
  type Volume,
} from './virsh-table.js';
import type { XmlOptions } from './xml-document.js';

export interface VirshOptions extends XmlOptions {
  /** Default `virsh -c qemu:///system`. */
  readonly argv?: readonly string[] | undefined;
  /** Asks libvirt for a connection (`virsh -r`) on which it refuses every change. */
  readonly readOnly?: boolean | undefined;
  /** Milliseconds for one command; default 30 000. */
  readonly timeoutMs?: number | undefined;
}

export interface DomainXmlOptions extends Limited {
  /** The definition that the next start uses, instead of what runs. */
  readonly inactive?: boolean | undefined;
  /** As it would be sent to the destination of a live migration. */
  readonly migratable?: boolean | undefined;
}

export interface PinOptions extends Limited {
  /** Whether the definition that the next start uses is changed too; default false: only what runs. */
  readonly config?: boolean | undefined;
}

export interface DomainSummary {
  readonly uuid: string;
  readonly name: string;
  /** running, paused, shut off, crashed, ... */
  readonly state: string;
}

export interface DomainState {
  readonly state: string;
  /** booted, migrating, destroyed, ... */
  readonly reason: string | undefined;
}

/** Numbers as virsh prints them: `9.0.0`. */
export interface VirshVersion {
  readonly library: string;
  readonly daemon: string;
  /** QEMU */
  readonly hypervisor: string;
  readonly hypervisorVersion: string;
}

/**
 * virsh on a machine. A domain is named by its name or UUID, never by its id: a name of digits is a name.
 *
 * Every method throws VirshError with what virsh said (`WB_VIRSH_NO_DOMAIN` when there is no such domain) and passes on
 * the HostError of the machine; those that give typed values throw XmlError too.
 */
export class Virsh {
  readonly host: Host;
  readonly #argv: readonly string[];
  readonly #timeoutMs: number;
  readonly #xml: XmlOptions;

  constructor(host: Host, options: VirshOptions = {}) {
    this.host = host;
    const argv = options.argv ?? ['virsh', '-c', 'qemu:///system'];
    this.#argv = options.readOnly === true ? [...argv, '-r'] : argv;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#xml = { engine: options.engine };
  }

  /** All domains, running or not. */
  async list(limits: Limited = {}): Promise<DomainSummary[]> {
    // No one listing has uuid and state, so there are two in one process; a domain that comes or goes between them
    // is left out.
    const text = await this.run(['list --all --uuid --name; list --all'], limits);
    const states = new Map(parseVirshTable(text).map((row) => [cell(row, 'Name'), cell(row, 'State')]));
    return [...text.matchAll(/^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}) +(\S.*?) *$/gim)].flatMap(
      (match) => {
        const [, uuid = '', name = ''] = match;
        const state = states.get(name);
        return state === undefined ? [] : [{ uuid: uuid.toLowerCase(), name, state }];
      },
    );
  }

  async domainXml(domain: string, options: DomainXmlOptions = {}): Promise<string> {
    const flags = [
      ...(options.inactive === true ? ['--inactive'] : []),
      ...(options.migratable === true ? ['--migratable'] : []),
    ];
    return await this.run(
      ['dumpxml', '--domain', await this.#unmistakable(domain, options), ...flags],
      options,
    );
  }

  async domain(domain: string, options: DomainXmlOptions = {}): Promise<Domain> {
    return parseDomain(await this.domainXml(domain, options), this.#xml);
  }

  async domstate(domain: string, limits: Limited = {}): Promise<DomainState> {
    const name = await this.#unmistakable(domain, limits);
    const text = (await this.run(['domstate', '--domain', name, '--reason'], limits)).trim();
    const match = /^(.+?)(?: \((.+)\))?$/.exec(text);
    if (match === null) throw outputError(`read the state of domain ${domain}`, text, this.host.name);
    const [, state = '', reason] = match;
    return { state, reason };
  }

  async domblklist(
    domain: string,
    options: Limited & { readonly inactive?: boolean } = {},
  ): Promise<BlockDevice[]> {
    const flags = options.inactive === true ? ['--inactive'] : [];
    const name = await this.#unmistakable(domain, options);
    return parseBlockList(await this.run(['domblklist', '--domain', name, '--details', ...flags], options));
  }

  /** Lets a vCPU of a running domain run on these CPUs only. */
  async vcpuPin(domain: string, vcpu: number, cpus: CpuSet, options: PinOptions = {}): Promise<void> {
    await this.#pin('vcpupin', domain, ['--vcpu', String(vcpu)], cpus, options);
  }

  /**
   * Lets the emulator threads of a running domain run on these CPUs only. Where libvirt uses no cpuset cgroup it moves
   * the main thread and leaves the others where they are (qemuDomainPinEmulator, src/qemu/qemu_driver.c).
   */
  async emulatorPin(domain: string, cpus: CpuSet, options: PinOptions = {}): Promise<void> {
    await this.#pin('emulatorpin', domain, [], cpus, options);
  }

  /** Lets an IOThread of a running domain run on these CPUs only. */
  async ioThreadPin(domain: string, ioThread: number, cpus: CpuSet, options: PinOptions = {}): Promise<void> {
    await this.#pin('iothreadpin', domain, ['--iothread', String(ioThread)], cpus, options);
  }

  async capabilitiesXml(limits: Limited = {}): Promise<string> {
    return await this.run(['capabilities'], limits);
  }

  async capabilities(limits: Limited = {}): Promise<Capabilities> {
    return parseCapabilities(await this.capabilitiesXml(limits), this.#xml);
  }

  /** Of guests that the hypervisor runs as this type of domain: "kvm", "qemu". */
  async domainCapabilities(domainType: string, limits: Limited = {}): Promise<DomainCapabilities> {
    const xml = await this.run(['domcapabilities', '--virttype', domainType], limits);
    return parseDomainCapabilities(xml, this.#xml);
  }

  async secrets(limits: Limited = {}): Promise<SecretSummary[]> {
    return parseSecretList(await this.run(['secret-list'], limits));
  }

  async secretXml(uuid: string, limits: Limited = {}): Promise<string> {
    return await this.run(['secret-dumpxml', '--secret', uuid], limits);
  }

  async secret(uuid: string, limits: Limited = {}): Promise<Secret> {
    return parseSecret(await this.secretXml(uuid, limits), this.#xml);
  }

  async volumes(pool: string, limits: Limited = {}): Promise<Volume[]> {
    return parseVolumeList(await this.run(['vol-list', '--pool', pool], limits));
  }

  async version(limits: Limited = {}): Promise<VirshVersion> {
    const text = await this.run(['version', '--daemon'], limits);
    const find = (pattern: RegExp): RegExpExecArray => {
      const match = pattern.exec(text);
      if (match === null) throw outputError('read the version of libvirt', text, this.host.name);
      return match;
    };
    const [, hypervisor = '', hypervisorVersion = ''] = find(/^Running hypervisor: (.+) ([\d.]+)$/m);
    return {
      library: find(/^Using library: libvirt ([\d.]+)$/m)[1] ?? '',
      daemon: find(/^Running against daemon: ([\d.]+)$/m)[1] ?? '',
      hypervisor,
      hypervisorVersion,
    };
  }

  /**
   * Any other virsh command; one argument with blanks is read by virsh itself as commands with `;` between them.
   *
   * @returns what it printed, in English
   */
  async run(args: readonly string[], limits: Limited = {}): Promise<string> {
    const completed = await this.host.exec([...this.#argv, ...args], {
      timeoutMs: limits.timeoutMs ?? this.#timeoutMs,
      signal: limits.signal,
      env: { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
    });
    if (completed.exitCode !== 0) throw virshFailure(this.host.name, args, completed);
    return completed.stdout;
  }

  async #pin(
    command: string,
    domain: string,
    which: readonly string[],
    cpus: CpuSet,
    options: PinOptions,
  ): Promise<void> {
    const name = await this.#unmistakable(domain, options);
    const flags = ['--live', ...(options.config === true ? ['--config'] : [])];
    await this.run([command, '--domain', name, ...which, '--cpulist', cpus.toString(), ...flags], options);
  }

  /** virsh takes a number for an id first (virshLookupDomainInternal, tools/virsh-util.c), which may be another domain's. */
  async #unmistakable(domain: string, limits: Limited): Promise<string> {
    if (!/^\s*\+?\d+$/.test(domain)) return domain;
    const found = (await this.list(limits)).find(({ name }) => name === domain);
    if (found !== undefined) return found.uuid;
    throw noDomainNamed(this.host.name, domain);
  }
}
