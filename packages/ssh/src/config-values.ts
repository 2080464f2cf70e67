import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@whitebox/core';
import { SshError } from './errors.js';
import { expandGlob } from './path-glob.js';
import { fitsAny } from './patterns.js';
import { parseConfigText, type ConfigLine } from './ssh-config-file.js';

/** Who asks the configuration, for Host and Match. */
export interface ConfigQuery {
  /** The name as it was given. */
  readonly originalHost: string;
  /** A user that was given and so wins over the files. */
  readonly user?: string | undefined;
  readonly localUser: string;
  readonly home: string;
}

export interface ConfigFile {
  readonly path: string;
  /** Where relative Include paths start. */
  readonly directory: string;
  /** Whether its absence is an error. */
  readonly required: boolean;
}

/** Keywords that may be given more than once and then add up. */
const adding = new Set(['identityfile', 'certificatefile']);

/**
 * What ssh_config files say about one destination: as in OpenSSH the first value of a keyword wins, IdentityFile adds
 * up, Include is read in place, and Match knows all, host, originalhost, user, localuser and final. Match exec and the
 * like are refused, because a guess would silently connect in another way than ssh does.
 */
export class ConfigValues {
  readonly #query: ConfigQuery;
  readonly #values = new Map<string, string[]>();
  #final = false;
  #wantsFinal = false;

  private constructor(query: ConfigQuery) {
    this.#query = query;
  }

  /** @throws SshError `WB_SSH_CONFIG` */
  static async read(files: readonly ConfigFile[], query: ConfigQuery): Promise<ConfigValues> {
    const values = new ConfigValues(query);
    const pass = async (): Promise<void> => {
      for (const file of files) await values.#file(file, 0);
    };
    await pass();
    if (values.#wantsFinal) {
      values.#final = true;
      // As in ssh: where to connect is decided before the final pass.
      if (values.all('hostname') === undefined) values.#values.set('hostname', ['%h']);
      await pass();
    }
    return values;
  }

  /** All arguments of a keyword; undefined when it is nowhere. */
  all(keyword: string): readonly string[] | undefined {
    return this.#values.get(keyword.toLowerCase());
  }

  first(keyword: string): string | undefined {
    return this.all(keyword)?.[0];
  }

  /** Those of the keywords that are set. */
  present(keywords: readonly string[]): string[] {
    return keywords.filter((keyword) => this.all(keyword) !== undefined);
  }

  async #file(file: ConfigFile, depth: number): Promise<void> {
    if (depth > 16) throw configError(file.path, 'Include goes more than 16 files deep');
    let text: string;
    try {
      text = await readFile(file.path, 'utf8');
    } catch (error) {
      if (!file.required && errorCode(error) !== 'EACCES') return;
      throw configError(file.path, String(error), error);
    }
    let lines: ConfigLine[];
    try {
      lines = parseConfigText(text);
    } catch (error) {
      throw configError(file.path, error instanceof Error ? error.message : String(error), error);
    }
    await this.#lines(lines, file, depth);
  }

  async #lines(lines: readonly ConfigLine[], file: ConfigFile, depth: number): Promise<void> {
    for (const line of lines) {
      const { keyword, values, below } = line;
      if (keyword === 'host') {
        if (fitsAny(values, this.#query.originalHost)) await this.#lines(below, file, depth);
      } else if (keyword === 'match') {
        if (this.#matches(values, file)) await this.#lines(below, file, depth);
      } else if (keyword === 'include') {
        for (const pattern of values) await this.#include(pattern, file, depth);
      } else {
        this.#take(keyword, values);
      }
    }
  }

  #take(keyword: string, values: readonly string[]): void {
    const known = this.#values.get(keyword);
    if (known === undefined) this.#values.set(keyword, [...values]);
    else if (adding.has(keyword)) known.push(...values.filter((value) => !known.includes(value)));
  }

  async #include(pattern: string, file: ConfigFile, depth: number): Promise<void> {
    const tilde = pattern.replace(/^~(?=\/|$)/, this.#query.home);
    const absolute = tilde.startsWith('/') ? tilde : join(file.directory, tilde);
    for (const path of await expandGlob(absolute)) {
      await this.#file({ path, directory: file.directory, required: false }, depth + 1);
    }
  }

  #matches(values: readonly string[], file: ConfigFile): boolean {
    const words = values.flatMap((value) => (values.length === 1 ? value.split(/\s+/) : [value]));
    for (let index = 0; index < words.length; index += 1) {
      const word = (words[index] ?? '').toLowerCase();
      const negated = word.startsWith('!');
      const [criterion = '', inline] = word.replace(/^!/, '').split('=', 2);
      if (criterion === 'all') continue;
      if (criterion === 'final' || criterion === 'canonical') {
        if (criterion === 'final') this.#wantsFinal = true;
        if (this.#final === negated) return false;
        continue;
      }
      const argument = inline ?? words[(index += 1)] ?? '';
      const actual = this.#actual(criterion);
      if (actual === undefined) {
        throw configError(
          file.path,
          `"Match ${criterion}" is not supported, so it is not known what holds for ${this.#query.originalHost}`,
        );
      }
      const patterns = argument.split(',');
      // Unlike Host, Match knows no difference between Compute1 and compute1.
      const matched = criterion.endsWith('host')
        ? fitsAny(
            patterns.map((pattern) => pattern.toLowerCase()),
            actual.toLowerCase(),
          )
        : fitsAny(patterns, actual);
      if (matched === negated) return false;
    }
    return true;
  }

  #actual(criterion: string): string | undefined {
    const { originalHost, user, localUser } = this.#query;
    switch (criterion) {
      case 'host':
        return this.first('hostname')?.replaceAll('%h', originalHost) ?? originalHost;
      case 'originalhost':
        return originalHost;
      case 'user':
        return user ?? this.first('user') ?? localUser;
      case 'localuser':
        return localUser;
      default:
        return undefined;
    }
  }
}

export function configError(file: string, observed: string, cause?: unknown): SshError {
  return new SshError({
    code: 'WB_SSH_CONFIG',
    action: `read the ssh configuration ${file}`,
    observed,
    advice:
      'Change the file, or name another one (configFile), or none (configFile: false) and give the options yourself.',
    cause,
  });
}
