import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runEngine } from './engine-client.js';
import type { EngineEvent, EngineRequest } from './engine-protocol.js';

const request: EngineRequest = {
  task: 'run',
  suites: [],
  context: {
    cloud: {},
    runId: 'r',
    stateDirectory: '',
    observers: [],
    requireNeeds: false,
    repeat: 1,
    failKnownBugs: false,
  },
};

/** Engines that are small programs: what matters here is how a child process ends, not what it runs. */
describe('runEngine', () => {
  let folder: string;
  let events: EngineEvent[];
  let output: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    events = [];
    output = '';
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function run(
    source: string,
    options: { signal?: AbortSignal; cancelTimeoutMs?: number } = {},
  ): Promise<void> {
    const program = join(folder, 'engine.mjs');
    await writeFile(program, source);
    await runEngine(request, {
      program,
      onEvent: (event) => events.push(event),
      onOutput: (chunk) => {
        output += Buffer.from(chunk).toString();
      },
      signal: options.signal ?? new AbortController().signal,
      cancelTimeoutMs: options.cancelTimeoutMs,
    });
  }

  it('hands over the request, and the events and output that come back', async () => {
    await run(`process.on('message', (m) => {
      console.log('hello');
      process.send({ type: 'trouble', message: m.request.context.runId });
      process.send({ type: 'done' });
      setImmediate(() => process.disconnect());
    });`);
    expect(events).toEqual([{ type: 'trouble', message: 'r' }, { type: 'done' }]);
    expect(output).toBe('hello\n');
  });

  it.each([
    ['exits without being done', 'process.exit(0)', 'exit code 0'],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", 'killed by SIGKILL'],
  ])('fails when the engine %s', async (_, source, how) => {
    await expect(run(source)).rejects.toMatchObject({ code: 'WB_RUN_ENGINE_DIED' });
    await expect(run(source)).rejects.toThrow(how);
  });

  it('asks the engine to cancel when interrupted, and lets it finish', async () => {
    const controller = new AbortController();
    const running = run(
      `process.on('message', (m) => {
        if (m.type === 'start') process.send({ type: 'trouble', message: 'started' });
        if (m.type === 'cancel') { process.send({ type: 'done' }); setImmediate(() => process.disconnect()); }
      });`,
      { signal: controller.signal },
    );
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await running;
    expect(events.at(-1)).toEqual({ type: 'done' });
  });

  it('kills an engine that does not end in time after an interruption', async () => {
    const controller = new AbortController();
    controller.abort();
    const running = run("process.on('message', () => undefined);", {
      signal: controller.signal,
      cancelTimeoutMs: 50,
    });
    await expect(running).rejects.toThrow('killed by SIGKILL');
  });

  it('leaves no child of the engine behind', async () => {
    await run(`import { spawn } from 'node:child_process';
      process.on('message', () => {
        const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
        process.send({ type: 'trouble', message: String(child.pid) });
        process.send({ type: 'done' });
        process.exit(0);
      });`);
    const [event] = events;
    const pid = event?.type === 'trouble' ? Number(event.message) : 0;
    const gone = async (): Promise<boolean> => {
      for (let look = 0; look < 500; look += 1) {
        try {
          process.kill(pid, 0);
        } catch {
          return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return false;
    };
    expect(pid).toBeGreaterThan(0);
    expect(await gone()).toBe(true);
  });
});
