import type { Limits, Look } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import type { ConfigPlaces } from './config-places.js';
import type { ServiceReference } from './reference.js';

/**
 * - `running`: the main process is there and has said that it is ready, where it says so
 * - `starting`, `stopping`: on the way
 * - `restarting`: it ended by itself and whoever watches over it (systemd, the container runtime) will start it again
 * - `stopped`: not running, and that is nobody's fault; `exited`: a one-time job that is done
 * - `failed`: ended with an error
 * - `paused`: a frozen container
 * - `missing`: the machine knows no such unit or container
 */
export type ServiceState =
  'running' | 'starting' | 'stopping' | 'restarting' | 'stopped' | 'exited' | 'failed' | 'paused' | 'missing';

export interface ServiceStatus {
  readonly state: ServiceState;
  /** In the words of systemd or of the container runtime: "activating (auto-restart), Result=exit-code". */
  readonly detail: string;
  /** Name of the systemd unit, or of the container where no unit stands behind it. */
  readonly unit: string;
  /** Process id on the host; absent when nothing runs. Of a container: of its first process. */
  readonly mainPid: number | undefined;
  /** When that process was started, by the clock of the host, to the millisecond. */
  readonly startedAt: Date | undefined;
  /** Whether it starts with the machine; undefined where that is not known (a container). */
  readonly enabled: boolean | undefined;
  readonly masked: boolean;
}

/** One systemd unit as it was, so that it can be made so again. */
export interface UnitSnapshot {
  readonly unit: string;
  readonly active: boolean;
  /** `UnitFileState` of systemd: enabled, disabled, static, masked, masked-runtime, ...; empty when there is none. */
  readonly fileState: string;
}

/** A service as it was: what {@link Service.restore} makes of it again. Plain data, for the journal. */
export interface ServiceSnapshot {
  readonly state: ServiceState;
  readonly mainPid: number | undefined;
  /** ISO 8601 in UTC. */
  readonly startedAt: string | undefined;
  /** The service's own unit last, what can activate it (sockets, timers, paths) before; empty without systemd. */
  readonly units: readonly UnitSnapshot[];
}

/** What a restart did. */
export interface Restarted {
  readonly before: ServiceStatus;
  /** Of the new process. */
  readonly after: ServiceStatus;
}

/**
 * Whether a service that was just restarted really serves. Asked again and again while the new process lives; `seen`
 * goes into the error when the time is over. What it throws ends the wait.
 */
export type ReadyProbe = (restarted: Restarted, signal: AbortSignal) => Promise<Look<unknown>>;

export interface RestartOptions extends Limits {
  /** Milliseconds until it must serve; default 180 000. */
  readonly timeoutMs?: number | undefined;
  readonly ready?: ReadyProbe | undefined;
  /**
   * Milliseconds for which the new process must stay alive. Default 2000 without a `ready` probe, else 0: some errors
   * in a configuration end nova-compute only after it has told systemd that it is ready.
   */
  readonly stableForMs?: number | undefined;
}

export interface StartOptions extends Limits {
  /** Milliseconds for which it must stay alive; default 2000. */
  readonly stableForMs?: number | undefined;
}

export interface MaskOptions extends Limits {
  /** Also after the next boot of the machine. Default false: a mask that is forgotten is gone with the next boot. */
  readonly permanent?: boolean | undefined;
}

export interface LogLine {
  /** "journal", "container" or the path of a log file. */
  readonly source: string;
  readonly message: string;
  /** By the clock of the host; absent for log files, whose lines are given as they are. */
  readonly time?: Date | undefined;
  readonly pid?: number | undefined;
  /** 0 (emergency) to 7 (debug), as in syslog. */
  readonly priority?: number | undefined;
}

/** A place in the logs of a service. Plain data. */
export interface LogMark {
  readonly journalCursor: string | undefined;
  /** By the clock of the host, ISO 8601 in UTC. */
  readonly time: string;
  readonly files: readonly FileMark[];
}

/** A place in a log file, found again also after the file was rotated. */
export interface FileMark {
  readonly path: string;
  /** Device and inode number, or undefined when there was no such file. */
  readonly identity: string | undefined;
  /** Bytes. */
  readonly size: number;
}

/** A service on a machine, however it is deployed. Times are milliseconds; every call has a deadline of its own. */
export interface Service {
  /** For people and errors: "nova-compute". */
  readonly name: string;
  readonly host: Host;
  /** Everything needed to make this object again; plain data. */
  readonly reference: ServiceReference;
  /** Where its configuration comes from. */
  readonly config: ConfigPlaces;

  /** Default deadline 30 s. */
  status(options?: Limits): Promise<ServiceStatus>;
  /**
   * Resolves when it has stayed alive for a while, at once when it runs already.
   * @throws ServiceError `WB_SERVICES_START_FAILED`, also when it ends before that; with the end of its log
   */
  start(options?: StartOptions): Promise<void>;
  /**
   * Stops it, and first what would start it again: sockets, timers. Resolves when it is down.
   * @throws ServiceError `WB_SERVICES_STOP_FAILED`
   */
  stop(options?: Limits): Promise<void>;
  /**
   * Resolves when a new process serves: it has another process id or start time than before, stays alive, and the
   * `ready` probe agrees. Rejects at once when the new process ends.
   *
   * @throws ServiceError `WB_SERVICES_RESTART_FAILED`, `WB_SERVICES_DIED`, both with the end of its log
   */
  restart(options?: RestartOptions): Promise<Restarted>;
  /** Nobody can start it until {@link unmask}. Does not stop it. @throws ServiceError `WB_SERVICES_MASK_FAILED` */
  mask(options?: MaskOptions): Promise<void>;
  unmask(options?: Limits): Promise<void>;
  snapshot(options?: Limits): Promise<ServiceSnapshot>;
  /** Makes it as it was: masked or not, running or not, with its sockets. */
  restore(snapshot: ServiceSnapshot, options?: Limits): Promise<void>;

  /** A place in its logs: what is written after it is what {@link log} gives. */
  mark(options?: Limits): Promise<LogMark>;
  /** The lines since then, oldest first. A Date (host's clock) reaches the journal only, a mark the log files as well. */
  log(since: Date | LogMark, options?: Limits): Promise<LogLine[]>;
}
