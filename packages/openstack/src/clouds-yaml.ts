import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDocument, visit } from 'yaml';
import { credentialsFromOptions } from './auth/auth-options.js';
import { credentialsError, type Credentials } from './auth/credentials.js';
import { isJsonObject, type JsonObject } from './json.js';

export interface CloudsYamlOptions {
  /** Path of the file; without it the first one of {@link searchPath} that exists. */
  readonly file?: string | undefined;
  /** Path of a file with secrets only, laid over the other; without it `secure.yaml` beside the file. */
  readonly secureFile?: string | undefined;
  /** Name of the cloud; without it the file must have one cloud only. */
  readonly cloud?: string | undefined;
  /** Directories to look in; default: the current one, `~/.config/openstack`, `/etc/openstack`. */
  readonly searchPath?: readonly string[] | undefined;
}

/**
 * Credentials of a cloud of clouds.yaml, by the rules of openstacksdk (openstack/config/loader.py), without vendor
 * profiles. Parsed as YAML 1.1 as PyYAML does, so `verify: no` is false and `<<` merges.
 *
 * @throws CredentialsError `WB_OPENSTACK_CREDENTIALS` which names the file and the option
 */
export async function credentialsFromCloudsYaml(options: CloudsYamlOptions = {}): Promise<Credentials> {
  const directories = options.searchPath ?? [
    process.cwd(),
    join(homedir(), '.config', 'openstack'),
    '/etc/openstack',
  ];
  const candidates =
    options.file === undefined
      ? directories.flatMap((directory) => names('clouds', directory))
      : [options.file];
  const found = await firstFile(candidates);
  if (found === undefined) {
    throw credentialsError(
      'clouds.yaml',
      `none of these can be read: ${candidates.join(', ')}`,
      'Say which file, or put clouds.yaml into one of these places.',
    );
  }
  const secureCandidates =
    options.secureFile !== undefined
      ? [options.secureFile]
      : [dirname(found.path), ...(options.file === undefined ? directories : [])].flatMap((directory) =>
          names('secure', directory),
        );
  const secure = await firstFile(secureCandidates);
  if (secure === undefined && options.secureFile !== undefined) {
    throw credentialsError(options.secureFile, 'the file cannot be read', 'Check its path and permissions.');
  }
  const { name, cloud } = pick(found, options.cloud);
  const secrets = secure === undefined ? {} : (clouds(secure)[name] ?? {});
  return fromCloud(merge(cloud, isJsonObject(secrets) ? secrets : {}), `cloud "${name}" of ${found.path}`);
}

interface YamlFile {
  readonly path: string;
  readonly content: JsonObject;
}

function names(stem: string, directory: string): readonly string[] {
  return ['yaml', 'yml', 'json'].map((extension) => join(directory, `${stem}.${extension}`));
}

async function firstFile(paths: readonly string[]): Promise<YamlFile | undefined> {
  for (const path of paths) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw credentialsError(path, String(error), 'Check its permissions.', error);
    }
    return { path, content: parse(text, path) };
  }
  return undefined;
}

function parse(text: string, path: string): JsonObject {
  const document = parseDocument(text, { version: '1.1', prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    // The library's long message quotes the line, which may well be the one with the password.
    const [place] = problem.linePos ?? [];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.col}`;
    throw credentialsError(path, `not YAML${where}: ${problem.code}`, 'Correct the file.');
  }
  // Only text and booleans are known here: a project id such as 1234e5 is no number, and a lone y or n, a boolean by
  // YAML 1.1, is text to PyYAML.
  visit(document, {
    Scalar(_key, node) {
      const { value, source } = node;
      const letter = typeof value === 'boolean' && /^[yn]$/i.test(source ?? '');
      if (value === null || typeof value === 'string' || (typeof value === 'boolean' && !letter)) return;
      node.value = source ?? value;
    },
  });
  const content: unknown = document.toJS();
  if (isJsonObject(content)) return content;
  throw credentialsError(path, 'no mapping at the top', 'The file begins with "clouds:".');
}

function clouds(file: YamlFile): JsonObject {
  const value = file.content['clouds'];
  return isJsonObject(value) ? value : {};
}

function pick(file: YamlFile, wanted: string | undefined): { name: string; cloud: JsonObject } {
  const all = clouds(file);
  const known = Object.keys(all);
  const name = wanted ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined) {
    throw credentialsError(
      file.path,
      known.length === 0 ? 'it has no clouds' : `it has ${known.length} clouds: ${known.join(', ')}`,
      'Say which cloud.',
    );
  }
  const cloud = all[name];
  if (isJsonObject(cloud)) return { name, cloud };
  throw credentialsError(
    file.path,
    `it has no cloud "${name}"; it has ${known.join(', ') || 'none'}`,
    'Check the name of the cloud.',
  );
}

function merge(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isJsonObject(below) && isJsonObject(value) ? merge(below, value) : value;
  }
  return result;
}

function fromCloud(cloud: JsonObject, source: string): Credentials {
  const auth = isJsonObject(cloud['auth']) ? cloud['auth'] : {};
  const text = (value: unknown, name: string): string | undefined => {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw credentialsError(source, `${name} is not text`, 'Put quotes around the value.');
  };
  const option = (name: string): string | undefined => text(cloud[name], name);
  const get = (name: string): string | undefined => text(auth[name], `auth.${name}`) ?? option(name);
  if (get('auth_url') === undefined && (option('profile') ?? option('cloud')) !== undefined) {
    throw credentialsError(
      source,
      'it relies on a vendor profile',
      'Profiles are not known here: say auth_url.',
    );
  }
  const version = option('identity_api_version');
  if (version !== undefined && !/^v?3(\.\d+)?$/.test(version)) {
    throw credentialsError(source, `identity_api_version is ${version}`, 'Only Keystone v3 is spoken.');
  }
  return credentialsFromOptions(
    { get, spell: (name) => name, source },
    {
      regionName: option('region_name') ?? onlyRegion(cloud, source),
      interface: option('interface') ?? option('endpoint_type'),
      endpointOverrides: overrides(cloud),
      tls: {
        caFile: path(option('cacert')),
        certificateFile: path(option('cert')),
        keyFile: path(option('key')),
        verify: verify(cloud),
      },
    },
  );
}

function onlyRegion(cloud: JsonObject, source: string): string | undefined {
  const regions = cloud['regions'];
  if (!Array.isArray(regions) || regions.length === 0) return undefined;
  const known = regions.map((region: unknown) => (isJsonObject(region) ? region['name'] : region));
  if (known.length === 1 && typeof known[0] === 'string') return known[0];
  throw credentialsError(source, `it has ${known.length} regions: ${known.join(', ')}`, 'Say region_name.');
}

function overrides(cloud: JsonObject): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(cloud)) {
    const service = /^(.+)_endpoint_override$/.exec(key)?.[1];
    if (service !== undefined && typeof value === 'string') result[service.replaceAll('_', '-')] = value;
  }
  return result;
}

function verify(cloud: JsonObject): boolean | undefined {
  if (cloud['verify'] === false || cloud['insecure'] === true) return false;
  return cloud['verify'] === true || cloud['insecure'] === false ? true : undefined;
}

function path(value: string | undefined): string | undefined {
  return value?.startsWith('~/') === true ? join(homedir(), value.slice(2)) : value;
}
