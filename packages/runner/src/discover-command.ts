import { resolve } from 'node:path';
import {
  discoverOptions,
  showValue,
  writeOptions,
  type FoundDeployment,
  type KnownOption,
} from '@whitebox/testkit';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { cloudText } from './discovered-tables.js';
import { UsageError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { writtenText } from './written-options.js';

export interface DiscoverOptions extends CloudOptions {
  readonly json?: boolean | undefined;
  /** A tempest.conf that gets the options. */
  readonly write?: string | undefined;
  /** Whether what was found takes the place of what that file says otherwise. */
  readonly replace?: boolean | undefined;
}

/** `whitebox discover`: what the cloud is, and every option as it is said or found. Changes nothing on the cloud. */
export async function discover(options: DiscoverOptions): Promise<ExitCode> {
  refuseUnused(options);
  const { cloud, hosts, ...found } = await discoverOptions(cloudReference(options));
  const { write: file, replace, json } = options;
  const written =
    file === undefined ? undefined : await writeOptions(resolve(file), found.options, { replace });
  if (json === true) {
    const listed = found.options.map(({ value, found: other, ...option }) => ({
      ...option,
      value: showValue(value),
      ...(other === undefined ? {} : { found: { ...other, value: showValue(other.value) } }),
    }));
    const all = { cloud, hosts, ...found, options: listed, ...(written === undefined ? {} : { written }) };
    process.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  } else if (file !== undefined && written !== undefined) {
    const warnings = found.warnings.map((warning) => `Warning: ${warning}\n`);
    process.stdout.write(`${writtenText(file, written)}${warnings.join('')}`);
  } else {
    const about = cloudText(cloud, hosts);
    process.stdout.write(`${about}\n\n${discoveryText(found.options, found.warnings, found.deployments)}`);
  }
  return ExitCode.Passed;
}

function refuseUnused({ write, replace }: DiscoverOptions): void {
  if (replace !== true || write !== undefined) return;
  throw new UsageError({
    code: 'WB_RUN_USAGE',
    action: 'discover with --replace',
    observed: 'no file is named in which something could be replaced',
    advice: 'Name it: --write FILE.',
  });
}

/** Sections as in tempest.conf, each value with its origin as a comment above it. */
export function discoveryText(
  options: readonly KnownOption[],
  warnings: readonly string[],
  deployments: readonly FoundDeployment[] = [],
): string {
  const lines: string[] = [];
  let section: string | undefined;
  for (const { group, key, value, kind, origin, note } of options) {
    if (group !== section) lines.push(...(section === undefined ? [] : ['']), `[${group}]`);
    section = group;
    const text = showValue(value);
    lines.push(`# ${origin}${note === undefined ? '' : kind === 'said' ? `; BUT ${note}` : `; ${note}`}`);
    // What is not set, and what must not be shown, is no line of a file.
    lines.push(`${kind === 'unset' || text === '***' ? '# ' : ''}${key} = ${text}`.trimEnd());
  }
  const differing = options.filter(({ kind, note }) => kind === 'said' && note !== undefined);
  const count = (kind: KnownOption['kind']): number => options.filter((one) => one.kind === kind).length;
  lines.push(
    '',
    ...deployments.flatMap(deploymentLines),
    `# ${count('said')} said, ${count('found')} found, ${count('default')} by default, ${count('unset')} not set`,
    ...differing.map(
      ({ group, key, value, origin, note }) =>
        `# Differs: [${group}] ${key} is ${showValue(value)} (${origin}), but ${note ?? ''}`,
    ),
    ...warnings.map((warning) => `# Warning: ${warning}`),
  );
  return `${lines.join('\n')}\n`;
}

function deploymentLines(found: FoundDeployment): string[] {
  const { host, title, evidence, services, virsh, database } = found;
  const why = evidence.length === 0 ? 'said by the configuration' : evidence.join(', ');
  const list = (what: string, values: readonly string[]): string =>
    values.length === 0 ? '' : `; ${what} ${values.join(', ')}`;
  return [
    `# ${host}: ${title} (${why})`,
    ...services.map(
      ({ name, runs, files, sources, logs }) =>
        `#   ${name}: ${runs}${list('reads', files)}${list('where', sources)}${list('logs', ['journal', ...logs])}`,
    ),
    `#   virsh: ${virsh}`,
    `#   databases: ${database}`,
    '#',
  ];
}
