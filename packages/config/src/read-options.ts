import { IniError, type ConfigChain } from '@whitebox/ini';
import type { ConfigProblem } from './errors.js';
import { groupEntries, type GroupName } from './groups.js';
import type { Option } from './option.js';
import { bool, secret, text as plainText, type ValueType } from './schema.js';
import {
  settingKey,
  type ConfigNote,
  type NamedSetting,
  type Origin,
  type Setting,
} from './whitebox-config.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What somebody says about an option: a text, and where. */
interface Said {
  readonly text: string;
  readonly origin: Origin & { readonly kind: 'file' | 'environment' };
}

/** Reads every option of the schema. What is wrong is added to `problems`. */
export function readOptions(
  chain: ConfigChain,
  environment: Environment,
  problems: ConfigProblem[],
  notes: ConfigNote[],
): Map<string, NamedSetting> {
  const settings = new Map<string, NamedSetting>();
  for (const [group, { options }] of groupEntries) {
    for (const [key, option] of Object.entries(options)) {
      const said =
        saidInEnvironment(environment, group, key) ?? saidInFiles(chain, group, key, option, problems, notes);
      // An empty value is as good as none: DevStack writes one for every variable that is not set.
      const setting =
        said === undefined || (said.text.trim() === '' && option.type !== bool)
          ? unsaid(option)
          : { value: convert(said, group, key, option.type, problems, notes), origin: said.origin };
      settings.set(settingKey(group, key), { group, key, ...setting });
    }
  }
  return settings;
}

/** What an option is when nobody says it. */
function unsaid(option: Option<unknown>): Setting<unknown> {
  if (option.discoveredFrom !== undefined) {
    return {
      value: undefined,
      origin: { kind: 'discovery', from: option.discoveredFrom, fallback: option.fallback },
    };
  }
  return { value: option.default, origin: { kind: option.default === undefined ? 'unset' : 'default' } };
}

/** `OS_<GROUP>__<OPTION>`, which oslo.config takes before any file (oslo_config/sources/_environment.py). */
function saidInEnvironment(environment: Environment, group: string, key: string): Said | undefined {
  const variable = `OS_${group.toUpperCase()}__${key.toUpperCase()}`;
  // A shell cannot set a variable with a hyphen in its name, so the form with `_` is taken too.
  for (const name of [variable, variable.replaceAll('-', '_')]) {
    const value = environment[name];
    if (value !== undefined) return { text: value, origin: { kind: 'environment', variable: name } };
  }
  return undefined;
}

function saidInFiles(
  chain: ConfigChain,
  group: GroupName,
  key: string,
  option: Option<unknown>,
  problems: ConfigProblem[],
  notes: ConfigNote[],
): Said | undefined {
  const subject = settingKey(group, key);
  try {
    const found = chain.effective(group, key, option.older);
    if (found === undefined) return undefined;
    const { file, line, name } = found;
    const [unresolved] = found.unresolved;
    if (unresolved !== undefined) {
      problems.push({
        code: 'WB_CONFIG_REFERENCE',
        subject,
        observed: `refers to $${unresolved}, which is not set`,
        advice: 'Set it, or write $$ for a dollar sign.',
        file,
        line,
      });
      return undefined;
    }
    if (name.key !== key || name.section.toLowerCase() !== group) {
      notes.push({
        message: `[${name.section}] ${name.key} is an older name of ${subject}`,
        file,
        line,
      });
    }
    return {
      text: found.value,
      origin: { kind: 'file', file, line, name: settingKey(name.section, name.key) },
    };
  } catch (error) {
    if (!(error instanceof IniError)) throw error;
    const { observed, advice, file, line } = error;
    problems.push({
      code: 'WB_CONFIG_REFERENCE',
      subject,
      observed: `has no value: ${observed}`,
      advice,
      file,
      line,
    });
    return undefined;
  }
}

function convert(
  { text, origin }: Said,
  group: string,
  key: string,
  type: ValueType<unknown>,
  problems: ConfigProblem[],
  notes: ConfigNote[],
): unknown {
  const place = origin.kind === 'file' ? { file: origin.file, line: origin.line } : {};
  const isSecret = type === secret;
  const comment = /\s[#;]/.test(text);
  const reading = type.read(text);
  if (reading.ok) {
    if (comment && type === plainText) {
      notes.push({
        message: `${settingKey(group, key)} has a "#" or ";" in its value, where it begins no comment`,
        file: place.file,
        line: place.line,
      });
    }
    return reading.value;
  }
  problems.push({
    code: 'WB_CONFIG_BAD_VALUE',
    subject: origin.kind === 'file' ? settingKey(group, key) : origin.variable,
    observed: isSecret
      ? `has a value that ${reading.problem}`
      : `is ${quote(text)}, which ${reading.problem}`,
    advice: comment
      ? 'A comment needs a line of its own: oslo.config takes one behind a value as a part of it.'
      : `Write ${type.name}.`,
    ...place,
  });
  return undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
