import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import type { ConfigPlaces } from './config-places.js';
import { ServiceError, sentenceOf } from './errors.js';
import { given } from './limits.js';
import { markLogs, readLogs, type LogPlaces } from './logs.js';
import type { SystemdReference } from './reference.js';
import { describe, missing, restartUntilServing, stableMs, waitForState, withLog } from './restart.js';
import type {
  LogLine,
  LogMark,
  MaskOptions,
  Restarted,
  RestartOptions,
  Service,
  ServiceSnapshot,
  ServiceStatus,
  StartOptions,
  UnitSnapshot,
} from './service.js';
import { Systemctl, isMasked, isUp, snapshotOf, statusOf, type UnitFacts } from './units.js';

const defaultMs = 120_000;

/** A service that systemd runs. The Host must be root there. */
export class SystemdService implements Service {
  readonly name: string;
  readonly host: Host;
  readonly reference: SystemdReference;
  readonly config: ConfigPlaces;
  readonly unit: string;
  readonly #systemctl: Systemctl;
  readonly #logs: LogPlaces;

  /** @param unit its name, or all that is to be said of it */
  constructor(host: Host, unit: string | Omit<SystemdReference, 'kind'>) {
    const described = typeof unit === 'string' ? { unit } : unit;
    this.host = host;
    this.unit = fullName(described.unit);
    this.reference = { ...described, kind: 'systemd' };
    this.name = described.name ?? this.unit.replace(/\.service$/, '');
    this.config = described.config ?? {};
    this.#systemctl = new Systemctl(host);
    this.#logs = { unit: this.unit, files: described.logFiles ?? [] };
  }

  async status(options: Limits = {}): Promise<ServiceStatus> {
    return statusOf(await this.#facts(options));
  }

  async start(options: StartOptions = {}): Promise<void> {
    const [facts, mark] = await Promise.all([this.#facts(options), this.mark(options)]);
    if (facts.loadState === 'not-found') throw missing(this, 'start');
    if (statusOf(facts).state === 'running') return;
    const activators = toStart(await this.#activators(facts, options));
    await this.#bringUp(activators, true, mark, {
      ...options,
      stableForMs: options.stableForMs ?? stableMs,
    });
  }

  async stop(options: Limits = {}): Promise<void> {
    const [facts, mark] = await Promise.all([this.#facts(options), this.mark(options)]);
    if (facts.loadState === 'not-found') throw missing(this, 'stop');
    const activators = namesOf((await this.#activators(facts, options)).filter(isUp));
    try {
      // In one job, sockets first: a connection in between would start the service again.
      await this.#systemctl.tell('stop', [...activators, this.unit], {
        timeoutMs: defaultMs,
        ...given(options),
      });
    } catch (error) {
      throw await withLog('WB_SERVICES_STOP_FAILED', this, mark, sentenceOf(error), error, options.signal);
    }
    await waitForState(this, 'down', { timeoutMs: options.timeoutMs ?? defaultMs, signal: options.signal });
  }

  /**
   * Moves its sockets, timers and paths alone, for those who move the service itself in their own way: stops all of them, starts
   * those that are enabled unless the service is up, since systemd refuses to listen for one that is.
   */
  async moveActivators(verb: 'start' | 'stop', options: Limits = {}): Promise<void> {
    const facts = await this.#facts(options);
    if (verb === 'start' && isUp(facts)) return;
    const activators = await this.#activators(facts, options);
    const units = verb === 'start' ? toStart(activators) : namesOf(activators.filter(isUp));
    await this.#systemctl.tell(verb, units, { timeoutMs: defaultMs, ...given(options) });
  }

  async restart(options: RestartOptions = {}): Promise<Restarted> {
    return await restartUntilServing(
      this,
      async (limits) => {
        await this.#systemctl.forgetFailures([this.unit], { signal: limits.signal });
        await this.#systemctl.tell('restart', [this.unit], limits);
      },
      options,
    );
  }

  async mask(options: MaskOptions = {}): Promise<void> {
    const facts = await this.#facts(options);
    if (facts.loadState === 'not-found') throw missing(this, 'mask');
    const activators = await this.#activators(facts, options);
    const units = [...activators, facts].filter(({ fileState }) => !isMasked(fileState));
    const verb = options.permanent === true ? 'mask' : 'mask --runtime';
    await this.#changeMask(
      verb,
      units.map(({ unit }) => unit),
      options,
    );
    // A unit file in /etc is stronger than a mask in /run, and systemctl says nothing of it.
    const after = await this.#facts(options);
    if (!statusOf(after).masked) {
      await this.#systemctl.tell(
        verb.replace('mask', 'unmask'),
        units.map(({ unit }) => unit),
        options,
      );
      throw new ServiceError({
        code: 'WB_SERVICES_MASK_FAILED',
        action: `mask ${this.unit}`,
        host: this.host.name,
        observed: `systemd still has it as ${after.fileState}: a unit file in /etc/systemd/system is stronger than a mask`,
        advice: 'Stop it without a mask; a unit without sockets is started by nobody else.',
      });
    }
  }

  async unmask(options: Limits = {}): Promise<void> {
    const base = this.unit.replace(/\.[a-z]+$/, '');
    // systemd forgets what activates a masked unit, so the names are looked up among the files.
    const siblings = this.reference.activators ?? [`${base}.socket`, `${base}-*.socket`, `${base}.timer`];
    const installed = await this.#systemctl.installed([this.unit, ...siblings], options);
    await this.#unmask(installed, options);
  }

  async snapshot(options: Limits = {}): Promise<ServiceSnapshot> {
    const facts = await this.#facts(options);
    const activators = await this.#activators(facts, options);
    const { state, mainPid, startedAt } = statusOf(facts);
    return {
      state,
      mainPid,
      startedAt: startedAt?.toISOString(),
      units: [...activators, facts].map(snapshotOf),
    };
  }

  async restore(snapshot: ServiceSnapshot, options: Limits = {}): Promise<void> {
    const mark = await this.mark(options);
    const names = snapshot.units.map(({ unit }) => unit);
    const now = (await this.#systemctl.show(names, options)).map(snapshotOf);
    const was = new Map(snapshot.units.map((unit) => [unit.unit, unit]));
    await this.#unmask(
      now.filter(({ unit }) => !isMasked(was.get(unit)?.fileState ?? '')),
      options,
    );

    const isActive = new Map(now.map(({ unit, active }) => [unit, active]));
    const surplus = now.filter(({ unit, active }) => active && was.get(unit)?.active === false);
    await this.#systemctl.tell(
      'stop',
      surplus.map(({ unit }) => unit),
      { timeoutMs: defaultMs, ...given(options) },
    );
    const wanted = snapshot.units.filter(({ active }) => active).map(({ unit }) => unit);
    const activators = wanted.filter((unit) => unit !== this.unit && isActive.get(unit) !== true);
    await this.#bringUp(activators, wanted.includes(this.unit), mark, options);

    for (const fileState of ['masked', 'masked-runtime']) {
      const again = snapshot.units.filter(
        (unit) =>
          unit.fileState === fileState && !isMasked(now.find((n) => n.unit === unit.unit)?.fileState ?? ''),
      );
      await this.#changeMask(
        fileState === 'masked' ? 'mask' : 'mask --runtime',
        again.map(({ unit }) => unit),
        options,
      );
    }
  }

  async mark(options: Limits = {}): Promise<LogMark> {
    return await markLogs(this.host, this.#logs, options);
  }

  async log(since: Date | LogMark, options: Limits = {}): Promise<LogLine[]> {
    return await readLogs(this.host, this.#logs, since, options);
  }

  async #facts(options: Limits): Promise<UnitFacts> {
    const [facts] = await this.#systemctl.show([this.unit], options);
    if (facts === undefined) throw missing(this, 'look at');
    return facts;
  }

  async #activators(facts: UnitFacts, options: Limits): Promise<UnitFacts[]> {
    const names = this.reference.activators?.map(fullName) ?? facts.triggeredBy;
    return (await this.#systemctl.show(names, options)).filter(({ loadState }) => loadState !== 'not-found');
  }

  /** Sockets first: systemd refuses to listen for a service that runs already, so that one is stopped for it. */
  async #bringUp(
    activators: readonly string[],
    service: boolean,
    mark: LogMark,
    options: StartOptions,
  ): Promise<void> {
    const limits = { timeoutMs: defaultMs, ...given(options) };
    try {
      await this.#systemctl.forgetFailures([...activators, this.unit], { signal: options.signal });
      if (activators.length > 0) await this.#systemctl.tell('stop', [this.unit], limits);
      await this.#systemctl.tell('start', activators, limits);
      if (service) await this.#systemctl.tell('start', [this.unit], limits);
    } catch (error) {
      throw await withLog('WB_SERVICES_START_FAILED', this, mark, sentenceOf(error), error, options.signal);
    }
    if (service) {
      await waitForState(this, 'running', { ...options, timeoutMs: options.timeoutMs ?? defaultMs }, mark);
    }
  }

  async #unmask(units: readonly UnitSnapshot[], options: Limits): Promise<void> {
    const named = (fileState: string): string[] =>
      units.filter((unit) => unit.fileState === fileState).map(({ unit }) => unit);
    await this.#changeMask('unmask --runtime', named('masked-runtime'), options);
    await this.#changeMask('unmask', named('masked'), options);
  }

  async #changeMask(verb: string, units: readonly string[], options: Limits): Promise<void> {
    try {
      await this.#systemctl.tell(verb, units, options);
    } catch (error) {
      throw new ServiceError({
        code: 'WB_SERVICES_MASK_FAILED',
        action: `${verb.split(' ')[0] ?? verb} ${this.unit}`,
        host: this.host.name,
        observed: sentenceOf(error),
        advice: 'A unit file in /etc/systemd/system cannot be masked; stop the unit without a mask.',
        cause: error,
      });
    }
  }
}

/** Which activators a start brings up: as at boot, and none that is up. */
function toStart(activators: readonly UnitFacts[]): string[] {
  return namesOf(activators.filter((unit) => !isUp(unit) && unit.fileState.startsWith('enabled')));
}

function namesOf(units: readonly UnitFacts[]): string[] {
  return units.map(({ unit }) => unit);
}

/** As systemctl does it: a name without a type is that of a service. */
function fullName(unit: string): string {
  return /\.(service|socket|timer|path|target|mount|scope)$/.test(unit) ? unit : `${unit}.service`;
}

/** For errors of those who asked for a service that runs. */
export function notRunning(service: Service, status: ServiceStatus, action: string): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_RUNNING',
    action,
    host: service.host.name,
    observed: describe(status),
    advice: `Start it first, or look into its log why it does not run.`,
  });
}
