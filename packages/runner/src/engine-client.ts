import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineEvent, EngineMessage, EngineRequest } from './engine-protocol.js';
import { RunError } from './errors.js';

export interface EngineOptions {
  readonly onEvent: (event: EngineEvent) => void;
  /** What the cases and their libraries print. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Asks for a graceful end: the running case cleans up. */
  readonly signal: AbortSignal;
  /** Milliseconds that a graceful end may take before the engine is killed; default 180 000. */
  readonly cancelTimeoutMs?: number | undefined;
  /** The program to run; for tests. */
  readonly program?: string | undefined;
}

/**
 * Runs the engine in a child process until it is done.
 *
 * @throws RunError `WB_RUN_ENGINE_DIED` when it ended without being done, however it died
 */
export async function runEngine(request: EngineRequest, options: EngineOptions): Promise<void> {
  const program = options.program ?? fileURLToPath(new URL('./engine-main.js', import.meta.url));
  const child = fork(program, [], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  child.stdout?.on('data', options.onOutput);
  child.stderr?.on('data', options.onOutput);
  const outcome = { done: false };
  child.on('message', (event: EngineEvent) => {
    if (event.type === 'done') outcome.done = true;
    options.onEvent(event);
  });
  const send = (message: EngineMessage): void => {
    if (child.connected) child.send(message);
  };
  let killer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    send({ type: 'cancel' });
    killer ??= setTimeout(() => {
      killGroup(child);
    }, options.cancelTimeoutMs ?? 180_000);
  };
  options.signal.addEventListener('abort', cancel, { once: true });
  try {
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve(signal === null ? `exit code ${code ?? '?'}` : `killed by ${signal}`);
      });
    });
    send({ type: 'start', request });
    if (options.signal.aborted) cancel();
    const how = await ended;
    if (outcome.done) return;
    throw new RunError({
      code: 'WB_RUN_ENGINE_DIED',
      action: 'run the cases',
      observed: `the engine ended early: ${how}`,
      advice:
        'What its cases made on the cloud is being given back; engine.log among the results has what it printed.',
    });
  } finally {
    clearTimeout(killer);
    options.signal.removeEventListener('abort', cancel);
    killGroup(child);
  }
}

/** Ends whatever is left of the engine and its worker; they have a process group of their own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing left
  }
}
