import { resolve } from 'node:path';
import type { CloudReference } from '@whitebox/testkit';

/** The options that say which cloud it is. */
export interface CloudOptions {
  readonly config?: string | undefined;
  readonly nodes?: string | undefined;
  readonly cloudsYaml?: string | undefined;
  readonly cloud?: string | undefined;
}

export function cloudReference(options: CloudOptions): CloudReference {
  const tempestConf = absolute(options.config);
  // A file that was named says more about what is meant than a variable that happens to be set.
  const cloud = options.cloud ?? (tempestConf === undefined ? process.env['OS_CLOUD'] : undefined);
  return {
    tempestConf,
    nodesYaml: absolute(options.nodes),
    cloudsYaml: absolute(options.cloudsYaml ?? process.env['OS_CLIENT_CONFIG_FILE']),
    cloud: cloud === '' ? undefined : cloud,
  };
}

/** The same options once more, as arguments of a command for people. */
export function cloudArguments({ config, nodes, cloudsYaml, cloud }: CloudOptions): string[] {
  const given = { '--config': config, '--nodes': nodes, '--clouds-yaml': cloudsYaml, '--cloud': cloud };
  return Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : resolve(path);
}
