import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import type { ConfigPlaces } from './config-places.js';
import { ServiceError, sentenceOf } from './errors.js';
import { markLogs, readLogs, type LogPlaces } from './logs.js';
import { given } from './limits.js';
import type { ContainerReference } from './reference.js';
import { missing, restartUntilServing, stableMs, waitForState, withLog } from './restart.js';
import type {
  LogLine,
  LogMark,
  MaskOptions,
  Restarted,
  RestartOptions,
  Service,
  ServiceSnapshot,
  ServiceState,
  ServiceStatus,
  StartOptions,
} from './service.js';
import { SystemdService } from './systemd-service.js';

const defaultMs = 120_000;

/** What `inspect` of podman and docker tell of a container's state; podman leaves out what does not apply. */
interface ContainerState {
  readonly Status?: string;
  readonly Running?: boolean;
  readonly Paused?: boolean;
  readonly Restarting?: boolean;
  readonly Pid?: number;
  readonly ExitCode?: number;
  readonly Error?: string;
  readonly StartedAt?: string;
}

/**
 * A service in a container of podman or docker. Where a systemd unit runs the container (TripleO, EDPM, Kolla with
 * podman), the unit is told to start and stop: told by the runtime alone, systemd would work against it.
 */
export class ContainerService implements Service {
  readonly name: string;
  readonly host: Host;
  readonly reference: ContainerReference;
  readonly config: ConfigPlaces;
  readonly #unit: SystemdService | undefined;
  readonly #logs: LogPlaces;

  constructor(
    host: Host,
    container: Omit<ContainerReference, 'kind' | 'container'> & {
      readonly name: string;
      readonly container?: string;
    },
  ) {
    const { name, runtime, unit, config = {}, logFiles = [] } = container;
    this.name = name;
    this.host = host;
    this.reference = { ...container, kind: 'container', container: container.container ?? name };
    this.config = config;
    this.#unit = unit === undefined ? undefined : new SystemdService(host, { unit, name });
    this.#logs = {
      // What the container writes goes to the runtime's log, whichever driver keeps it.
      container: { runtime, name: this.reference.container },
      unit: this.#unit?.unit,
      files: logFiles,
    };
  }

  async status(options: Limits = {}): Promise<ServiceStatus> {
    const [state, unit] = await Promise.all([this.#inspect(options), this.#unit?.status(options)]);
    const running = state?.Running === true;
    return {
      state: stateOf(state, unit),
      detail:
        detailOf(state, this.reference.container) +
        (unit === undefined ? '' : `; ${unit.unit} is ${unit.detail}`),
      unit: unit?.unit ?? this.reference.container,
      mainPid: running && state.Pid !== undefined && state.Pid > 0 ? state.Pid : undefined,
      startedAt: running && state.StartedAt !== undefined ? timeOf(state.StartedAt) : undefined,
      enabled: unit?.enabled,
      masked: unit?.masked ?? false,
    };
  }

  async start(options: StartOptions = {}): Promise<void> {
    const mark = await this.mark(options);
    if ((await this.status(options)).state === 'running') return;
    await this.#tell('start', mark, options, 'WB_SERVICES_START_FAILED');
    await waitForState(
      this,
      'running',
      { ...options, timeoutMs: options.timeoutMs ?? defaultMs, stableForMs: options.stableForMs ?? stableMs },
      mark,
    );
  }

  async stop(options: Limits = {}): Promise<void> {
    const mark = await this.mark(options);
    if ((await this.status(options)).state === 'missing') throw missing(this, 'stop');
    await this.#tell('stop', mark, options, 'WB_SERVICES_STOP_FAILED');
    await waitForState(this, 'down', { timeoutMs: options.timeoutMs ?? defaultMs, signal: options.signal });
  }

  async restart(options: RestartOptions = {}): Promise<Restarted> {
    return await restartUntilServing(
      this,
      async (limits) => {
        if (this.#unit === undefined) await this.#runtime('restart', limits);
        else await this.#unit.restart({ ...limits, stableForMs: 0 });
      },
      options,
    );
  }

  async mask(options: MaskOptions = {}): Promise<void> {
    await this.#unitFor('mask').mask(options);
  }

  async unmask(options: Limits = {}): Promise<void> {
    await this.#unitFor('unmask').unmask(options);
  }

  async snapshot(options: Limits = {}): Promise<ServiceSnapshot> {
    const [status, unit] = await Promise.all([this.status(options), this.#unit?.snapshot(options)]);
    return {
      state: status.state,
      mainPid: status.mainPid,
      startedAt: status.startedAt?.toISOString(),
      units: unit?.units ?? [],
    };
  }

  async restore(snapshot: ServiceSnapshot, options: Limits = {}): Promise<void> {
    if (this.#unit !== undefined) {
      await this.#unit.restore(snapshot, options);
      if (snapshot.state !== 'running') return;
      await waitForState(this, 'running', {
        timeoutMs: options.timeoutMs ?? defaultMs,
        signal: options.signal,
      });
      return;
    }
    if (snapshot.state === 'running' || snapshot.state === 'starting')
      await this.start({ ...options, stableForMs: 0 });
    else if ((await this.status(options)).state === 'running') await this.stop(options);
  }

  async mark(options: Limits = {}): Promise<LogMark> {
    return await markLogs(this.host, this.#logs, options);
  }

  async log(since: Date | LogMark, options: Limits = {}): Promise<LogLine[]> {
    return await readLogs(this.host, this.#logs, since, options);
  }

  async #inspect(options: Limits): Promise<ContainerState | undefined> {
    const { runtime, container } = this.reference;
    const argv = [runtime, 'inspect', '--type', 'container', '--format', '{{json .State}}', container];
    const completed = await this.host.exec(argv, { timeoutMs: 30_000, ...given(options) });
    if (completed.exitCode !== 0 && /no such (container|object)/i.test(completed.stderr)) return undefined;
    if (completed.exitCode !== 0) await run(this.host, argv, { timeoutMs: 30_000, ...given(options) });
    return parseState(completed.stdout, this);
  }

  async #tell(
    verb: 'start' | 'stop',
    mark: LogMark,
    options: Limits,
    code: 'WB_SERVICES_START_FAILED' | 'WB_SERVICES_STOP_FAILED',
  ): Promise<void> {
    try {
      if (this.#unit === undefined) await this.#runtime(verb, options);
      else if (verb === 'stop') await this.#unit.stop(options);
      else await this.#unit.start({ ...options, stableForMs: 0 });
    } catch (error) {
      throw await withLog(code, this, mark, sentenceOf(error), error, options.signal);
    }
  }

  async #runtime(verb: string, options: Limits): Promise<void> {
    const { runtime, container } = this.reference;
    await run(this.host, [runtime, verb, container], { timeoutMs: defaultMs, ...given(options) });
  }

  #unitFor(verb: string): SystemdService {
    if (this.#unit !== undefined) return this.#unit;
    throw new ServiceError({
      code: 'WB_SERVICES_UNSUPPORTED',
      action: `${verb} ${this.name}`,
      host: this.host.name,
      observed: `${this.reference.runtime} has nothing like a mask, and no systemd unit is known that runs the container`,
      advice: 'Stop it without a mask, or say the unit that runs the container.',
    });
  }
}

function parseState(text: string, { host, name }: Service): ContainerState {
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null) return state;
  } catch {
    // Told below, with the text.
  }
  throw new ServiceError({
    code: 'WB_SERVICES_UNREADABLE_STATUS',
    action: `read the state of ${name}`,
    host: host.name,
    observed: `the container runtime answered ${JSON.stringify(text.slice(0, 200))}`,
    advice: 'Run "inspect" for the container by hand on that machine.',
  });
}

function stateOf(state: ContainerState | undefined, unit: ServiceStatus | undefined): ServiceState {
  if (state === undefined) {
    // podman units remove their container when they stop.
    if (unit === undefined || unit.state === 'missing') return 'missing';
    return unit.state === 'running' ? 'starting' : unit.state;
  }
  if (state.Paused === true || state.Status === 'paused') return 'paused';
  if (state.Restarting === true || state.Status === 'restarting') return 'restarting';
  if (state.Running === true) return state.Status === 'stopping' ? 'stopping' : 'running';
  if (unit !== undefined && ['starting', 'restarting', 'stopping', 'failed'].includes(unit.state))
    return unit.state;
  return state.Status === 'dead' ? 'failed' : 'stopped';
}

function detailOf(state: ContainerState | undefined, container: string): string {
  if (state === undefined) return `no container ${container}`;
  const code = state.Running === true || state.ExitCode === undefined ? '' : `, exit code ${state.ExitCode}`;
  return `${state.Status ?? 'unknown'}${code}${(state.Error ?? '') === '' ? '' : `, ${state.Error ?? ''}`}`;
}

/** RFC 3339 with up to nine digits of a second, or podman's zero time for "never". */
function timeOf(text: string): Date | undefined {
  const time = new Date(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1971 ? undefined : time;
}
