import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDocument, visit } from 'yaml';
import { credentialsOfCloud, merge } from './auth/cloud-entry.js';
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
    throw options.file === undefined
      ? credentialsError(
          'clouds.yaml',
          `there is none of these files: ${candidates.join(', ')}`,
          'Say which file, or put clouds.yaml into one of these places.',
        )
      : credentialsError(options.file, 'there is no such file', 'Correct the path.');
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
  return credentialsOfCloud(
    merge(cloud, isJsonObject(secrets) ? secrets : {}),
    `cloud "${name}" of ${found.path}`,
  );
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
