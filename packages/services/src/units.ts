import { run, type ExecOptions, type Host } from '@whitebox/host';
import type { Limits } from '@whitebox/core';
import { ServiceError } from './errors.js';
import { given } from './limits.js';
import type { ServiceState, ServiceStatus, UnitSnapshot } from './service.js';

/** What systemd tells of a unit. */
export interface UnitFacts {
  readonly unit: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  readonly fileState: string;
  readonly mainPid: number | undefined;
  readonly startedAt: Date | undefined;
  readonly result: string;
  /** Units that start this one: sockets, timers, paths. */
  readonly triggeredBy: readonly string[];
}

/** What is asked of units, for `systemctl show`. */
export const unitProperties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'MainPID',
  'ExecMainStartTimestamp',
  'Result',
  'TriggeredBy',
].join(',');

/** Times and messages in a form that does not depend on the machine. */
const plainEnvironment = { TZ: 'UTC', LC_ALL: 'C' };

/** systemctl, talking to the systemd of one host. */
export class Systemctl {
  readonly #host: Host;
  /** `--timestamp` came with systemd 248; without it times are whole seconds. */
  #precise = true;

  constructor(host: Host) {
    this.#host = host;
  }

  /** In the order of the names; a unit that does not exist has the load state `not-found`. */
  async show(units: readonly string[], limits: Limits = {}): Promise<UnitFacts[]> {
    if (units.length === 0) return [];
    const options: ExecOptions = { timeoutMs: 30_000, ...given(limits), env: plainEnvironment };
    const command = ['systemctl', 'show', `--property=${unitProperties}`];
    if (this.#precise) {
      const argv = [...command, '--timestamp=us+utc', '--', ...units];
      const completed = await this.#host.exec(argv, options);
      if (completed.exitCode === 0) return this.#facts(units, completed.stdout);
      if (!/unrecognized option|unknown option/i.test(completed.stderr)) await run(this.#host, argv, options);
      this.#precise = false;
    }
    const { stdout } = await run(this.#host, [...command, '--', ...units], options);
    return this.#facts(units, stdout);
  }

  /** Resolves when systemd's jobs are done. @throws CommandFailedError with what systemctl said */
  async tell(verb: string, units: readonly string[], options: ExecOptions = {}): Promise<void> {
    if (units.length === 0) return;
    const [first, ...flags] = verb.split(' ');
    await run(this.#host, ['systemctl', first ?? verb, ...flags, '--', ...units], {
      timeoutMs: 120_000,
      ...given(options),
      env: plainEnvironment,
    });
  }

  /** Forgets failures and how often units were started, so that systemd does not refuse for "start-limit-hit". */
  async forgetFailures(units: readonly string[], limits: Limits = {}): Promise<void> {
    // Fails for a unit that is not loaded; the start that follows says what is wrong with it.
    await this.#host.exec(['systemctl', 'reset-failed', '--', ...units], {
      timeoutMs: 30_000,
      ...given(limits),
    });
  }

  /** Units whose names match one of the patterns, with what is installed for them. */
  async installed(patterns: readonly string[], limits: Limits = {}): Promise<UnitSnapshot[]> {
    const { stdout } = await run(
      this.#host,
      ['systemctl', 'list-unit-files', '--no-legend', '--no-pager', '--full', '--', ...patterns],
      { timeoutMs: 30_000, ...given(limits), env: plainEnvironment },
    );
    return stdout.split('\n').flatMap((line) => {
      const [unit, fileState] = line.trim().split(/\s+/);
      return unit === undefined || fileState === undefined ? [] : [{ unit, fileState, active: false }];
    });
  }

  #facts(units: readonly string[], text: string): UnitFacts[] {
    const blocks = text
      .split(/\n\s*\n/)
      .map((block) => block.trim())
      .filter((block) => block !== '');
    if (blocks.length !== units.length) {
      throw new ServiceError({
        code: 'WB_SERVICES_UNREADABLE_STATUS',
        action: `read the state of ${units.join(', ')}`,
        host: this.#host.name,
        observed: `systemctl answered for ${blocks.length} units instead of ${units.length}`,
        advice: 'Run "systemctl show" for these units by hand on that machine.',
      });
    }
    return blocks.map((block, index) => this.#factsOf(block, units[index] ?? ''));
  }

  #factsOf(block: string, asked: string): UnitFacts {
    const values = new Map(
      block.split('\n').map((line) => {
        const end = line.indexOf('=');
        return [line.slice(0, end), line.slice(end + 1)];
      }),
    );
    const value = (key: string): string => values.get(key) ?? '';
    const activeState = value('ActiveState');
    if (activeState === '') {
      throw new ServiceError({
        code: 'WB_SERVICES_UNREADABLE_STATUS',
        action: `read the state of ${asked}`,
        host: this.#host.name,
        observed: `systemctl told no ActiveState: ${block.slice(0, 200)}`,
        advice: 'Run "systemctl show" for this unit by hand on that machine.',
      });
    }
    const pid = Number(value('MainPID') || '0');
    return {
      unit: value('Id') || asked,
      loadState: value('LoadState'),
      activeState,
      subState: value('SubState'),
      fileState: value('UnitFileState'),
      mainPid: pid === 0 ? undefined : pid,
      startedAt: pid === 0 ? undefined : timeOf(value('ExecMainStartTimestamp')),
      result: value('Result'),
      triggeredBy: value('TriggeredBy')
        .split(' ')
        .filter((unit) => unit !== ''),
    };
  }
}

/** "Sun 2026-11-22 18:03:07.726347 UTC", with or without the fraction. */
function timeOf(text: string): Date | undefined {
  const [, day, time, fraction = ''] =
    /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))? UTC$/.exec(text.trim()) ?? [];
  if (day === undefined || time === undefined) return undefined;
  return new Date(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
}

export function statusOf(facts: UnitFacts): ServiceStatus {
  const masked = facts.loadState === 'masked' || isMasked(facts.fileState);
  return {
    state: stateOf(facts),
    detail: `${facts.activeState} (${facts.subState})${facts.result === '' || facts.result === 'success' ? '' : `, Result=${facts.result}`}`,
    unit: facts.unit,
    mainPid: facts.mainPid,
    startedAt: facts.startedAt,
    enabled: facts.fileState === '' ? undefined : /^(enabled|linked|alias)/.test(facts.fileState),
    masked,
  };
}

export function snapshotOf(facts: UnitFacts): UnitSnapshot {
  return { unit: facts.unit, active: isUp(facts), fileState: facts.fileState };
}

export function isMasked(fileState: string): boolean {
  return fileState === 'masked' || fileState === 'masked-runtime';
}

/** Also on its way up: what is asked is whether somebody wanted it to run. */
export function isUp(facts: UnitFacts): boolean {
  return ['active', 'reloading', 'activating'].includes(facts.activeState);
}

function stateOf({ loadState, activeState, subState }: UnitFacts): ServiceState {
  switch (activeState) {
    case 'active':
      return subState === 'exited' ? 'exited' : 'running';
    case 'reloading':
      return 'running';
    case 'activating':
      return subState.startsWith('auto-restart') ? 'restarting' : 'starting';
    case 'deactivating':
      return 'stopping';
    case 'failed':
    case 'maintenance':
      return 'failed';
    default:
      return loadState === 'not-found' ? 'missing' : 'stopped';
  }
}
