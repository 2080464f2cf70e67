import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@whitebox/core';
import { ConfigChain, IniDocument, IniError } from '@whitebox/ini';
import { checkNames } from './check-names.js';
import { ConfigError, type ConfigProblem } from './errors.js';
import { groupEntries } from './groups.js';
import { parseNodes, type NodeDescription } from './nodes-yaml.js';
import { readOptions, type Environment } from './read-options.js';
import { Secret } from '@whitebox/core';
import {
  settingKey,
  WhiteboxConfig,
  type CloudChoice,
  type ConfigNote,
  type NamedSetting,
  type Origin,
  type Setting,
} from './whitebox-config.js';

export interface ConfigInputs {
  /** Path or paths of tempest.conf; a later one wins. Without it the defaults hold. */
  readonly tempestConf?: string | readonly string[] | undefined;
  /** Path of nodes.yaml, before `[whitebox] nodes_yaml`. */
  readonly nodesYaml?: string | undefined;
  /** Path of clouds.yaml, carried to whoever reads it. */
  readonly cloudsYaml?: string | undefined;
  /** Name of the cloud in clouds.yaml. */
  readonly cloud?: string | undefined;
  /**
   * Environment variables, if they are to be looked at: TEMPEST_CONFIG_DIR and TEMPEST_CONFIG (as Tempest has them),
   * OS_CLOUD, OS_CLIENT_CONFIG_FILE, and OS_<GROUP>__<OPTION> for any option (as oslo.config has them).
   */
  readonly env?: Environment | undefined;
}

/**
 * Reads the configuration of a run. Relative paths are those of the working directory, as for Tempest.
 *
 * @throws ConfigError with everything that is wrong at once
 */
export async function loadConfig(inputs: ConfigInputs = {}): Promise<WhiteboxConfig> {
  const environment = inputs.env ?? {};
  const problems: ConfigProblem[] = [];
  const notes: ConfigNote[] = [];

  const documents: IniDocument[] = [];
  for (const file of tempestConfs(inputs, environment)) {
    const bytes = await read(file, 'the file', {}, problems);
    const document = bytes === undefined ? undefined : parseConf(bytes, file, problems);
    if (document !== undefined) documents.push(document);
  }
  throwIfAny(problems);

  for (const document of documents) checkNames(document, problems, notes);
  const chain = ConfigChain.of(documents, { defaults: defaultText });
  const settings = readOptions(chain, environment, problems, notes);
  await readSecretFiles(settings, problems);

  const { nodes, file: nodesFile } = await readNodes(inputs, settings, problems);
  throwIfAny(problems);

  return new WhiteboxConfig({
    settings,
    nodes,
    notes,
    files: [...documents.map(({ file }) => file ?? ''), ...(nodesFile === undefined ? [] : [nodesFile])],
    cloud: chooseCloud(inputs, environment),
  });
}

/** Files named by the caller, or by Tempest's own variables. */
function tempestConfs({ tempestConf }: ConfigInputs, environment: Environment): readonly string[] {
  if (tempestConf !== undefined) return typeof tempestConf === 'string' ? [tempestConf] : tempestConf;
  const dir = environment['TEMPEST_CONFIG_DIR'];
  const name = environment['TEMPEST_CONFIG'];
  if (dir === undefined && name === undefined) return [];
  return [join(dir ?? '/etc/tempest', name ?? 'tempest.conf')];
}

function parseConf(bytes: Uint8Array, file: string, problems: ConfigProblem[]): IniDocument | undefined {
  try {
    return IniDocument.parse(bytes, { file });
  } catch (error) {
    if (!(error instanceof IniError)) throw error;
    const { observed, advice, line } = error;
    problems.push({
      code: 'WB_CONFIG_SYNTAX',
      subject: 'the line',
      observed: `is wrong: ${observed}`,
      advice,
      file,
      line,
    });
    return undefined;
  }
}

/** For references in values: `$flavor_ram_size` may refer to what is a default. */
function defaultText(section: string, key: string): string | undefined {
  const group = groupEntries.find(([name]) => name === section)?.[1];
  const value = group?.options[key]?.default;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Secrets that are given as a path. */
async function readSecretFiles(
  settings: Map<string, NamedSetting>,
  problems: ConfigProblem[],
): Promise<void> {
  for (const [group, { options }] of groupEntries) {
    for (const [key, { fileOption }] of Object.entries(options)) {
      if (fileOption === undefined) continue;
      const named = settings.get(settingKey(group, fileOption));
      const direct = settings.get(settingKey(group, key));
      if (typeof named?.value !== 'string') continue;
      if (direct?.value !== undefined) {
        problems.push({
          code: 'WB_CONFIG_BOTH',
          subject: settingKey(group, key),
          observed: `is given, and so is ${fileOption}`,
          advice: 'Leave one of them out.',
          ...placeOf(direct.origin),
        });
        continue;
      }
      const content = await read(named.value, settingKey(group, fileOption), named.origin, problems);
      if (content === undefined) continue;
      const value = new Secret(content.toString('utf8').replace(/\r?\n$/, ''));
      settings.set(settingKey(group, key), {
        group,
        key,
        value,
        origin: { kind: 'file', file: named.value, line: 1, name: settingKey(group, fileOption) },
      });
    }
  }
}

async function readNodes(
  inputs: ConfigInputs,
  settings: ReadonlyMap<string, NamedSetting>,
  problems: ConfigProblem[],
): Promise<{ readonly nodes: ReadonlyMap<string, NodeDescription>; readonly file: string | undefined }> {
  const said = settings.get(settingKey('whitebox', 'nodes_yaml'));
  const file = inputs.nodesYaml ?? (typeof said?.value === 'string' ? said.value : undefined);
  if (file === undefined) return { nodes: new Map(), file };
  const origin = inputs.nodesYaml === undefined ? (said?.origin ?? {}) : {};
  const text = await read(
    file,
    inputs.nodesYaml === undefined ? '[whitebox] nodes_yaml' : 'nodes.yaml',
    origin,
    problems,
  );
  return { nodes: text === undefined ? new Map() : parseNodes(text.toString('utf8'), file, problems), file };
}

function chooseCloud(inputs: ConfigInputs, environment: Environment): CloudChoice {
  const choose = (given: string | undefined, name: string, variable: string): Setting<string | undefined> => {
    if (given !== undefined) return { value: given, origin: { kind: 'argument', name } };
    const value = environment[variable];
    return { value, origin: value === undefined ? { kind: 'unset' } : { kind: 'environment', variable } };
  };
  return {
    name: choose(inputs.cloud, 'cloud', 'OS_CLOUD'),
    cloudsYaml: choose(inputs.cloudsYaml, 'cloudsYaml', 'OS_CLIENT_CONFIG_FILE'),
  };
}

/** The content of a file; `origin` is where its path stands. */
async function read(
  path: string,
  subject: string,
  origin: Origin | Record<string, never>,
  problems: ConfigProblem[],
): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'this user may not read it',
      EISDIR: 'it is a directory',
    };
    const code = errorCode(error);
    problems.push({
      code: 'WB_CONFIG_NO_FILE',
      subject,
      observed: `${path} cannot be read: ${reasons[code ?? ''] ?? String(error)}`,
      advice: 'Correct the path, or the permissions of the file.',
      ...placeOf(origin),
    });
    return undefined;
  }
}

function placeOf(origin: Origin | Record<string, never>): Pick<ConfigProblem, 'file' | 'line'> {
  return 'kind' in origin && origin.kind === 'file' ? { file: origin.file, line: origin.line } : {};
}

function throwIfAny(problems: readonly ConfigProblem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ConfigError([first, ...rest]);
}
