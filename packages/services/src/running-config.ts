import type { Limits } from '@whitebox/core';
import type { ConfigChain, OptionName } from '@whitebox/ini';
import { HostFiles, loadChain, processView } from './config-view.js';
import type { Service } from './service.js';
import { readProcess, type ProcessFacts } from './service-process.js';
import { notRunning } from './systemd-service.js';

/** A value in force and where it was said. */
export interface ValueInForce {
  /** Of an option with one value; `$` references resolved as far as files answer them. */
  readonly value: string;
  /** Of a repeated option, those of all files in order. */
  readonly values: readonly string[];
  /** As it is written, references and all. */
  readonly raw: string;
  readonly origin:
    | { readonly kind: 'file'; readonly file: string; readonly line: number }
    | { readonly kind: 'environment'; readonly variable: string }
    | { readonly kind: 'command line'; readonly argument: string };
}

/** What a service reads: its files in order, and what beats them. */
export class RunningConfig {
  /** The files as the process sees them. */
  readonly chain: ConfigChain;
  readonly pid: number;
  readonly startedAt: Date | undefined;
  /** Arguments of the process. They may hold anything; do not log them. */
  readonly argv: readonly string[];
  readonly #process: Pick<ProcessFacts, 'argv' | 'optionVariables'>;

  constructor(chain: ConfigChain, process: ProcessFacts, startedAt: Date | undefined) {
    this.chain = chain;
    this.pid = process.pid;
    this.startedAt = startedAt;
    this.argv = process.argv;
    this.#process = process;
  }

  /** Paths of the files that were read, in order, as the process sees them. */
  get files(): readonly string[] {
    return this.chain.documents.map(({ file }) => file ?? '');
  }

  /**
   * The value that the service takes: from its command line, else from its environment, else from its files (the order of
   * `ConfigOpts._do_get` in oslo_config/cfg.py). Undefined: the default of its code.
   *
   * @param deprecated older names of the option, best first
   */
  effective(
    section: string,
    option: string,
    deprecated: readonly OptionName[] = [],
  ): ValueInForce | undefined {
    return overridden(this.#process, section, option) ?? ofFiles(this.chain, section, option, deprecated);
  }
}

/**
 * The configuration that a running service has read, found by its process: the files that its command line names (else
 * oslo.config's default ones), read as the process sees them. The Host must be root there.
 *
 * A file that was changed after the process had started is not what the process has: compare `startedAt`.
 *
 * @throws ServiceError `WB_SERVICES_NOT_RUNNING`; IniError for a file that oslo.config would refuse
 */
export async function runningConfig(service: Service, options: Limits = {}): Promise<RunningConfig> {
  const status = await service.status(options);
  if (status.mainPid === undefined) {
    throw notRunning(service, status, `read the configuration of ${service.name}`);
  }
  const process = await readProcess(service, status.mainPid, options);
  const chain = await loadChain(
    new HostFiles(service.host, options),
    processView(service, process.pid),
    process,
  );
  return new RunningConfig(chain, process, status.startedAt);
}

function ofFiles(
  chain: ConfigChain,
  section: string,
  option: string,
  deprecated: readonly OptionName[] = [],
): ValueInForce | undefined {
  const found = chain.effective(section, option, deprecated);
  if (found === undefined) return undefined;
  const { value, values, raw, file, line } = found;
  return { value, values, raw, origin: { kind: 'file', file, line } };
}

/** What the command line or the environment says of an option, whatever stands in the files. */
export function overridden(
  { argv, optionVariables }: Pick<ProcessFacts, 'argv' | 'optionVariables'>,
  section: string,
  option: string,
): ValueInForce | undefined {
  const isDefault = section === 'DEFAULT';
  const flag = `--${isDefault ? '' : `${section}-`}${option}`.replaceAll('_', '-');
  const at = argv.findLastIndex((argument) => argument === flag || argument.startsWith(`${flag}=`));
  const argument = argv[at];
  if (argument !== undefined) {
    const next = argv[at + 1];
    const bare = next === undefined || next.startsWith('-') ? 'true' : next;
    const value = argument === flag ? bare : argument.slice(flag.length + 1);
    return { value, values: [value], raw: value, origin: { kind: 'command line', argument: flag } };
  }
  const variable = `OS_${section.toUpperCase()}__${option.toUpperCase()}`;
  const value = optionVariables[variable];
  if (value === undefined) return undefined;
  return { value, values: [value], raw: value, origin: { kind: 'environment', variable } };
}
