import type { ConfigChain } from '@whitebox/ini';
import { ServiceError } from './errors.js';
import { overridden, type ValueInForce } from './running-config.js';
import type { Service } from './service.js';
import type { ProcessFacts } from './service-process.js';

/** One option and what it shall be. */
export interface OptionChange {
  /** As between the brackets: "DEFAULT", "compute". */
  readonly section: string;
  readonly option: string;
  /** A value; the values of a repeated option (MultiStrOpt), all of them; or null: as if no file had ever set it. */
  readonly value: string | readonly string[] | null;
}

/** What stands in the way of a change being in force; undefined when nothing does. */
export function obstacle(
  chain: ConfigChain,
  process: Pick<ProcessFacts, 'argv' | 'optionVariables'> | undefined,
  change: OptionChange,
): string | undefined {
  const { section, option } = change;
  const above = process === undefined ? undefined : overridden(process, section, option);
  if (above !== undefined) return isAsked(change, [above.raw]) ? undefined : `it is ${shown(change, above)}`;
  const values = chain.documents.flatMap((document) => document.getAll(section, option));
  if (isAsked(change, values)) return undefined;
  const found = chain.effective(section, option);
  if (found === undefined) return 'no file that the service reads sets it';
  const { file, line } = found;
  return `it is ${shown(change, { ...found, origin: { kind: 'file', file, line } })}`;
}

/** @param values as written, of all files in order */
function isAsked({ value }: OptionChange, values: readonly string[]): boolean {
  if (value === null) return values.length === 0;
  if (typeof value === 'string') return values.at(-1) === value;
  return values.length === value.length && value.every((one, index) => one === values[index]);
}

export function notInForce(service: Service, change: OptionChange, observed: string): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_IN_FORCE',
    action: `change ${nameOf(change)} of ${service.name}`,
    host: service.host.name,
    observed: `the new process has not got the value that was asked for: ${observed}`,
    advice: 'Somebody (Puppet, a container start script) may have written the file anew at the restart.',
  });
}

export function nameOf({ section, option }: OptionChange): string {
  return `[${section}] ${option}`;
}

function shown(change: OptionChange, { raw, origin }: Pick<ValueInForce, 'raw' | 'origin'>): string {
  const value = isSecret(change.option) ? '(a secret)' : JSON.stringify(raw);
  switch (origin.kind) {
    case 'file':
      return `${value} by ${origin.file} line ${origin.line}`;
    case 'environment':
      return `${value} by the environment variable ${origin.variable} of the process`;
    case 'command line':
      return `${value} by ${origin.argument} on the command line of the process`;
  }
}

function isSecret(option: string): boolean {
  return /password|passwd|secret|token|connection|transport_url|(^|_)key$/i.test(option);
}
