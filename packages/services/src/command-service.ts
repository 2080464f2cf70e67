import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import type { ConfigPlaces } from './config-places.js';
import { ContainerService } from './container-service.js';
import { ServiceError, sentenceOf } from './errors.js';
import type { CommandReference } from './reference.js';
import { restartUntilServing, stableMs, waitForState, withLog } from './restart.js';
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
} from './service.js';
import { SystemdService } from './systemd-service.js';

const defaultMs = 120_000;

/**
 * A service that is moved by the command lines that somebody wrote down for it (nodes.yaml), and looked at through its
 * unit or container. A command that is not given is done as for a plain unit or container.
 */
export class CommandService implements Service {
  readonly name: string;
  readonly host: Host;
  readonly reference: CommandReference;
  readonly config: ConfigPlaces;
  readonly #watched: SystemdService | ContainerService;

  constructor(host: Host, description: Omit<CommandReference, 'kind'>) {
    this.name = description.name;
    this.host = host;
    this.reference = { ...description, kind: 'command' };
    this.config = {
      ...description.config,
      ...(description.configPath === undefined ? {} : { file: description.configPath }),
    };
    this.#watched = watchedService(host, description);
  }

  status(options?: Limits): Promise<ServiceStatus> {
    return this.#watched.status(options);
  }

  async start(options: StartOptions = {}): Promise<void> {
    await this.#move('start', options);
    await waitForState(this, 'running', {
      ...options,
      timeoutMs: options.timeoutMs ?? defaultMs,
      stableForMs: options.stableForMs ?? stableMs,
    });
  }

  async stop(options: Limits = {}): Promise<void> {
    await this.#move('stop', options);
    await waitForState(this, 'down', { timeoutMs: options.timeoutMs ?? defaultMs, signal: options.signal });
  }

  async restart(options: RestartOptions = {}): Promise<Restarted> {
    const { startCommand, stopCommand } = this.reference;
    if (startCommand === undefined && stopCommand === undefined) return await this.#watched.restart(options);
    return await restartUntilServing(
      this,
      async (limits) => {
        await this.#run('stop', limits);
        await this.#run('start', limits);
      },
      options,
    );
  }

  async mask(options: MaskOptions = {}): Promise<void> {
    const { maskCommand } = this.reference;
    if (maskCommand === undefined) await this.#watched.mask(options);
    else await this.#shell(maskCommand, options);
  }

  async unmask(options: Limits = {}): Promise<void> {
    const { unmaskCommand } = this.reference;
    if (unmaskCommand === undefined) await this.#watched.unmask(options);
    else await this.#shell(unmaskCommand, options);
  }

  snapshot(options?: Limits): Promise<ServiceSnapshot> {
    return this.#watched.snapshot(options);
  }

  async restore(snapshot: ServiceSnapshot, options: Limits = {}): Promise<void> {
    const masked = (await this.status(options)).masked;
    const own = snapshot.units.at(-1);
    if (masked && own !== undefined && !own.fileState.startsWith('masked')) await this.unmask(options);
    await this.#watched.restore(snapshot, options);
  }

  mark(options?: Limits): Promise<LogMark> {
    return this.#watched.mark(options);
  }

  log(since: Date | LogMark, options?: Limits): Promise<LogLine[]> {
    return this.#watched.log(since, options);
  }

  async #move(verb: 'start' | 'stop', options: Limits): Promise<void> {
    const mark = await this.mark(options);
    const { [`${verb}Command` as const]: command } = this.reference;
    try {
      // Of its sockets the command need not know, and a connection to one would start the service again.
      if (command !== undefined && this.#watched instanceof SystemdService)
        await this.#watched.moveActivators(verb, options);
      await this.#run(verb, options);
    } catch (error) {
      const code = verb === 'start' ? 'WB_SERVICES_START_FAILED' : 'WB_SERVICES_STOP_FAILED';
      throw await withLog(code, this, mark, sentenceOf(error), error, options.signal);
    }
  }

  async #run(verb: 'start' | 'stop', options: Limits): Promise<void> {
    const command = verb === 'start' ? this.reference.startCommand : this.reference.stopCommand;
    if (command === undefined) await this.#watched[verb](options);
    else await this.#shell(command, options);
  }

  /** Written for a shell by those who know the machine, so a shell it is. */
  async #shell(command: string, { timeoutMs = defaultMs, signal }: Limits): Promise<void> {
    await run(this.host, ['sh', '-c', command], { timeoutMs, signal });
  }
}

function watchedService(
  host: Host,
  description: Omit<CommandReference, 'kind'>,
): SystemdService | ContainerService {
  const { name, containerName, containerRuntime = 'podman', config, logFiles } = description;
  const unit = description.unit ?? unitOfCommands(description);
  if (containerName !== undefined) {
    return new ContainerService(host, {
      name,
      container: containerName,
      runtime: containerRuntime,
      unit,
      config,
      logFiles,
    });
  }
  if (unit !== undefined) return new SystemdService(host, { unit, name, config, logFiles });
  throw new ServiceError({
    code: 'WB_SERVICES_BAD_DESCRIPTION',
    action: `describe the service ${name}`,
    host: host.name,
    observed: 'its commands tell how to move it, but nothing tells how it does',
    advice: 'Say the unit or the container name as well.',
  });
}

/** The unit in "sudo systemctl restart --no-block UNIT". */
export function unitOfCommands(description: Omit<CommandReference, 'kind' | 'name'>): string | undefined {
  const { startCommand, stopCommand, maskCommand, unmaskCommand } = description;
  for (const command of [startCommand, stopCommand, maskCommand, unmaskCommand]) {
    const [, unit] =
      /\bsystemctl(?:\s+-\S+)*\s+[a-z-]+(?:\s+-\S+)*\s+['"]?([\w@:.\\-]+)/.exec(command ?? '') ?? [];
    if (unit !== undefined) return unit;
  }
  return undefined;
}
