import { ConfigChain, type ChainOptions, type ConfigSource, type ConfigText } from './config-chain.js';
import { IniError } from './ini-error.js';
import { byCodePoint } from './placement.js';

/** How to look at the machine on which the service runs. Anything else that goes wrong there may be thrown. */
export interface ConfigReader {
  /** The file's content (bytes are UTF-8), or undefined when there is no such file. */
  readFile(path: string): Promise<string | Uint8Array | undefined>;
  /** Names of the entries, or undefined when there is no such directory. */
  listDir(path: string): Promise<readonly string[] | undefined>;
}

/** What decides which files a service reads. */
export interface ServiceProcess {
  /** Its command line, e.g. from /proc/PID/cmdline. */
  readonly argv: readonly string[];
  /** As the service gives it to oslo.config: `nova`. */
  readonly project: string;
  /** Name of the program without directory: `nova-compute`. */
  readonly prog: string;
  /** Home directory of its user, for `~` and the default files. Default `/root`. */
  readonly home?: string | undefined;
  /** Working directory, for relative paths. Default `/`. */
  readonly cwd?: string | undefined;
  /** Environment variables of a snap. */
  readonly snap?: string | undefined;
  readonly snapCommon?: string | undefined;
}

/**
 * Reads the files that a service reads, in its order (`ConfigOpts._parse_config_files` of oslo_config/cfg.py):
 * the default files unless the command line names one, then the default directories unless it names one, then what the
 * command line names from left to right. So a drop-in in /etc/nova/nova.conf.d loses to `--config-file`.
 *
 * @throws {IniError} `WB_INI_CONFIG_MISSING` when the command line names what is not there; otherwise as
 * {@link ConfigChain.of}.
 */
export async function loadConfigChain(
  reader: ConfigReader,
  service: ServiceProcess,
  options: ChainOptions = {},
): Promise<ConfigChain> {
  const named = namedSources(service);
  const names = [service.project, service.prog];
  const defaultFiles = named.some(({ kind }) => kind === 'file')
    ? []
    : atOnce(names, (name) => firstFile(reader, defaultPlaces(service, `${name}.conf`)));
  const defaultDirs = named.some(({ kind }) => kind === 'dir')
    ? []
    : atOnce(names, (name) => firstDir(reader, defaultPlaces(service, `${name}.conf.d`)));
  const those = atOnce(named, ({ kind, path }) =>
    kind === 'file' ? firstFile(reader, [path]) : firstDir(reader, [path]),
  );
  const sources: ConfigSource[] = [];
  for (const reading of [...defaultFiles, ...defaultDirs]) {
    const source = await reading;
    if (source !== undefined) sources.push(source);
  }
  for (const [index, { kind, path }] of named.entries()) {
    const source = await those[index];
    if (source === undefined) throw missing(kind, path, service.prog);
    sources.push(source);
  }
  return ConfigChain.of(sources, options);
}

interface NamedSource {
  readonly kind: 'file' | 'dir';
  readonly path: string;
}

function namedSources(service: ServiceProcess): NamedSource[] {
  const found: NamedSource[] = [];
  for (const [index, arg] of service.argv.entries()) {
    const [, kind, inline] = /^--config-(file|dir)(?:=(.*))?$/s.exec(arg) ?? [];
    const path = inline ?? service.argv[index + 1];
    if ((kind !== 'file' && kind !== 'dir') || path === undefined) continue;
    found.push({ kind, path: absolute(path, service) });
  }
  return found;
}

function absolute(path: string, { home = '/root', cwd = '/' }: ServiceProcess): string {
  if (path === '~' || path.startsWith('~/')) return home + path.slice(1);
  return path.startsWith('/') ? path : `${cwd.replace(/\/$/, '')}/${path}`;
}

/** `_get_config_dirs` of oslo_config/cfg.py: the first of these that exists is read. */
function defaultPlaces(service: ServiceProcess, name: string): string[] {
  const { project, home = '/root', snap, snapCommon } = service;
  const dirs = [`${home}/.${project}`, home, `/etc/${project}`, '/etc'];
  if (snapCommon !== undefined) dirs.push(`${snapCommon}/etc/${project}`);
  if (snap !== undefined) dirs.push(`${snap}/etc/${project}`);
  return dirs.map((dir) => `${dir}/${name}`);
}

/** A machine far away answers many questions as soon as one. Of what is not waited for in the end it may go wrong. */
function atOnce<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): readonly Promise<R>[] {
  const asked = all.map(ask);
  for (const each of asked) each.catch(() => undefined);
  return asked;
}

async function firstFile(reader: ConfigReader, paths: readonly string[]): Promise<ConfigText | undefined> {
  const texts = atOnce(paths, (path) => reader.readFile(path));
  for (const [index, file] of paths.entries()) {
    const text = await texts[index];
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

async function firstDir(reader: ConfigReader, paths: readonly string[]): Promise<ConfigSource | undefined> {
  const lists = atOnce(paths, (path) => reader.listDir(path));
  for (const [index, dir] of paths.entries()) {
    const entries = await lists[index];
    if (entries === undefined) continue;
    // glob('*.conf') of Python: no hidden files.
    const names = entries.filter((each) => /^[^.].*\.conf$/s.test(each)).toSorted(byCodePoint);
    const texts = atOnce(names, (name) => reader.readFile(`${dir}/${name}`));
    const files: ConfigText[] = [];
    for (const [at, name] of names.entries()) {
      const text = await texts[at];
      if (text !== undefined) files.push({ file: `${dir}/${name}`, text });
    }
    return { dir, files };
  }
  return undefined;
}

function missing(kind: NamedSource['kind'], path: string, prog: string): IniError {
  return new IniError({
    code: 'WB_INI_CONFIG_MISSING',
    action: `read the configuration of ${prog}`,
    observed: `its command line says --config-${kind} ${path}, which is not there`,
    advice:
      'Look whether the path is one of another mount namespace (a container), or correct the command line.',
    file: path,
  });
}
