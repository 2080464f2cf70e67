import { discoverOptions, showValue, type FoundDeployment, type KnownOption } from '@whitebox/testkit';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { ExitCode } from './exit-codes.js';

export interface DiscoverOptions extends CloudOptions {
  readonly json?: boolean | undefined;
}

/** `whitebox discover`: every option as it is said or found. Looks only; changes nothing on the cloud. */
export async function discover(options: DiscoverOptions): Promise<ExitCode> {
  const found = await discoverOptions(cloudReference(options));
  if (options.json === true) {
    const listed = found.options.map(({ value, ...option }) => ({ ...option, value: showValue(value) }));
    process.stdout.write(`${JSON.stringify({ ...found, options: listed }, undefined, 2)}\n`);
  } else {
    process.stdout.write(discoveryText(found.options, found.warnings, found.deployments));
  }
  return ExitCode.Passed;
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
