import type { FakeMachine } from './fake-machine.suite.js';

/** A container of a {@link FakeMachine}. */
export interface FakeContainer {
  spoilt: boolean;
  start(): boolean;
  stop(): void;
}

/** Adds a runtime with one container, running, that writes "hello" when it starts. */
export function addContainer(host: FakeMachine, runtime: 'podman' | 'docker', name: string): FakeContainer {
  let running = false;
  let pid = 5000;
  let startedAt = 0;
  const log: { readonly time: number; readonly text: string }[] = [];
  const container: FakeContainer = {
    spoilt: false,
    start() {
      log.push({ time: (host.clock += 5), text: container.spoilt ? 'spoilt' : 'hello' });
      running = !container.spoilt;
      pid += 1;
      startedAt = host.clock += 5;
      return running;
    },
    stop() {
      running = false;
    },
  };
  container.start();
  host.on([runtime], ({ argv }) => {
    const [, verb] = argv;
    if (argv.at(-1) !== name)
      return { exitCode: 125, stderr: `Error: No such container: ${argv.at(-1) ?? ''}` };
    switch (verb) {
      case 'inspect':
        return JSON.stringify({
          Status: running ? 'running' : 'exited',
          Running: running,
          Pid: running ? pid : 0,
          ExitCode: container.spoilt && !running ? 1 : 0,
          // Nine digits, as both runtimes give them.
          StartedAt: new Date(startedAt).toISOString().replace('Z', '123456Z'),
        });
      case 'stop':
        container.stop();
        return '';
      case 'start':
        if (!running) container.start();
        return '';
      case 'restart':
        container.start();
        return '';
      case 'logs': {
        const since = Date.parse(argv[argv.indexOf('--since') + 1] ?? '');
        const lines = log.filter(({ time }) => time > since);
        return {
          stdout: lines.map(({ time, text }) => `${new Date(time).toISOString()} ${text}\n`).join(''),
        };
      }
      default:
        return { exitCode: 125, stderr: `unknown command ${verb ?? ''}` };
    }
  });
  return container;
}
