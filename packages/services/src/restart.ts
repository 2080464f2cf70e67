import { WhiteboxError, limitSignal, waitUntil, type Limits } from '@whitebox/core';
import { ServiceError, sentenceOf, type ServiceErrorCode } from './errors.js';
import type {
  LogMark,
  Restarted,
  RestartOptions,
  Service,
  ServiceState,
  ServiceStatus,
  StartOptions,
} from './service.js';

/** Looks are cheap (one systemctl on an open connection), and a restart shall be noticed within a fraction of a second. */
const pace = { intervalMs: 50, maxIntervalMs: 250 };

export const defaultRestartMs = 180_000;

/** How long a process stays alive until it counts as started, where nothing else tells that it serves. */
export const stableMs = 2000;

/** States from which a service does not come up by what was asked of it. */
const hopeless: readonly ServiceState[] = ['failed', 'stopped', 'restarting', 'exited', 'missing', 'paused'];

/** Restarts a service with `command` and waits until its new process serves. See {@link Service.restart}. */
export async function restartUntilServing(
  service: Service,
  command: (limits: Limits) => Promise<void>,
  options: RestartOptions = {},
): Promise<Restarted> {
  const timeoutMs = options.timeoutMs ?? defaultRestartMs;
  const ends = performance.now() + timeoutMs;
  const signal = limitSignal({ timeoutMs, signal: options.signal });
  const left = (): number => Math.max(1, Math.ceil(ends - performance.now()));
  const [before, mark] = await Promise.all([service.status({ signal }), service.mark({ signal })]);
  if (before.state === 'missing') throw missing(service, 'restart');
  try {
    await command({ timeoutMs: left(), signal: options.signal });
  } catch (error) {
    throw await withLog(
      'WB_SERVICES_RESTART_FAILED',
      service,
      mark,
      sentenceOf(error),
      error,
      options.signal,
    );
  }

  const wait = { ...pace, host: service.host.name, signal: options.signal };
  const after = await waitUntil(
    `${service.name} to run as a new process`,
    async (limit) => {
      const now = await service.status({ signal: limit });
      if (isNewProcess(before, now)) return { done: true, value: now };
      if (hopeless.includes(now.state)) throw await died(service, mark, now, options.signal);
      return { done: false, seen: describe(now) };
    },
    { ...wait, timeoutMs: left() },
  );

  const restarted: Restarted = { before, after };
  await waitUntilServing(service, restarted, mark, { ...options, timeoutMs: left() });
  return restarted;
}

/** Waits until the new process of a service serves: it stays alive, and the `ready` probe agrees. */
export async function waitUntilServing(
  service: Service,
  restarted: Restarted,
  mark: LogMark,
  options: RestartOptions & { readonly timeoutMs: number },
): Promise<void> {
  const { ready, timeoutMs, signal } = options;
  const stableForMs = options.stableForMs ?? (ready === undefined ? stableMs : 0);
  const since = performance.now();
  await waitUntil(
    ready === undefined ? `${service.name} to stay alive` : `${service.name} to serve`,
    async (limit) => {
      const verdict = await ready?.(restarted, limit);
      const now = await service.status({ signal: limit });
      if (now.mainPid !== restarted.after.mainPid || hopeless.includes(now.state)) {
        throw await died(service, mark, now, signal);
      }
      if (verdict?.done === false) return verdict;
      const alive = performance.now() - since;
      if (alive >= stableForMs) return { done: true, value: undefined };
      return { done: false, seen: `alive for ${alive.toFixed(0)} of ${stableForMs} ms` };
    },
    { ...pace, host: service.host.name, signal, timeoutMs },
  );
}

/** Waits until a service that was told to start has stayed alive as long as it should, or one that was told to stop is down. */
export async function waitForState(
  service: Service,
  wanted: 'running' | 'down',
  options: StartOptions & { readonly timeoutMs: number },
  mark?: LogMark,
): Promise<ServiceStatus> {
  const { stableForMs = 0 } = options;
  let process: number | undefined;
  let since = 0;
  return await waitUntil(
    `${service.name} to be ${wanted}`,
    async (limit) => {
      const now = await service.status({ signal: limit });
      const down = ['stopped', 'failed', 'exited', 'missing'].includes(now.state);
      if (wanted === 'down') return down ? { done: true, value: now } : { done: false, seen: describe(now) };
      if (hopeless.includes(now.state) && (mark !== undefined || process !== undefined)) {
        throw await withLog(
          'WB_SERVICES_START_FAILED',
          service,
          mark ?? (await service.mark({ signal: limit })),
          `it does not stay up: ${describe(now)}`,
          undefined,
          options.signal,
        );
      }
      if (now.state !== 'running') return { done: false, seen: describe(now) };
      if (now.mainPid !== process) [process, since] = [now.mainPid, performance.now()];
      if (performance.now() - since >= stableForMs) return { done: true, value: now };
      return { done: false, seen: `${describe(now)}, for ${(performance.now() - since).toFixed(0)} ms` };
    },
    { ...pace, host: service.host.name, signal: options.signal, timeoutMs: options.timeoutMs },
  );
}

export function describe(status: ServiceStatus): string {
  const pid = status.mainPid === undefined ? '' : `, process ${status.mainPid}`;
  return `${status.unit} is ${status.detail}${pid}${status.masked ? ', masked' : ''}`;
}

export function missing(service: Service, verb: string): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NO_SUCH_SERVICE',
    action: `${verb} ${service.name}`,
    host: service.host.name,
    observed: 'the machine knows no such unit or container',
    advice:
      'Compare with "systemctl list-units" or the list of containers there, or say the names in the configuration.',
  });
}

/** An error with the end of what the service logged since the mark. */
export async function withLog(
  code: ServiceErrorCode,
  service: Service,
  mark: LogMark,
  observed: string,
  cause: unknown,
  signal?: AbortSignal,
): Promise<WhiteboxError> {
  // Given up by the caller: that is what it wants to hear.
  if (signal?.aborted === true && cause instanceof WhiteboxError) return cause;
  let end: string;
  try {
    const lines = await service.log(mark, { timeoutMs: 10_000 });
    const last = lines.slice(-12).map(({ message }) => `\n    ${message.slice(0, 300)}`);
    end = last.length === 0 ? '\n  It logged nothing.' : `\n  The end of its log:${last.join('')}`;
  } catch (error) {
    end = `\n  Its log could not be read: ${sentenceOf(error)}`;
  }
  return new ServiceError({
    code,
    action: `${code === 'WB_SERVICES_STOP_FAILED' ? 'stop' : code === 'WB_SERVICES_START_FAILED' ? 'start' : 'restart'} ${service.name}`,
    host: service.host.name,
    observed: observed + end,
    advice: 'Its log says why; a wrong value in its configuration is the usual reason.',
    cause,
  });
}

async function died(
  service: Service,
  mark: LogMark,
  now: ServiceStatus,
  signal: AbortSignal | undefined,
): Promise<WhiteboxError> {
  return await withLog(
    'WB_SERVICES_DIED',
    service,
    mark,
    `it does not stay up: ${describe(now)}`,
    undefined,
    signal,
  );
}

function isNewProcess(before: ServiceStatus, now: ServiceStatus): boolean {
  if (now.state !== 'running' || now.mainPid === undefined) return false;
  return now.mainPid !== before.mainPid || now.startedAt?.getTime() !== before.startedAt?.getTime();
}
