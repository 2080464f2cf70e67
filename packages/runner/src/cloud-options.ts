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
  return {
    tempestConf: absolute(options.config),
    nodesYaml: absolute(options.nodes),
    cloudsYaml: absolute(options.cloudsYaml ?? process.env['OS_CLIENT_CONFIG_FILE']),
    cloud: options.cloud ?? process.env['OS_CLOUD'],
  };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : resolve(path);
}
