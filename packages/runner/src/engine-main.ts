// The process that loads suites and runs their cases. It lives in a process group of its own, so that Ctrl-C in a
// terminal reaches only its parent, which tells it to cancel; when the parent dies it cancels by itself.
import type { EngineEvent, EngineMessage } from './engine-protocol.js';
import { VitestEngine } from './vitest-engine.js';

let engine: VitestEngine | undefined;

function report(event: EngineEvent): void {
  if (process.connected) process.send?.(event);
}

async function start(message: EngineMessage & { readonly type: 'start' }): Promise<void> {
  engine = new VitestEngine(message.request, report);
  try {
    await (message.request.task === 'run' ? engine.run() : engine.list());
    report({ type: 'done' });
  } catch (error) {
    report({
      type: 'trouble',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    process.exitCode = 1;
  }
  // Node 20 breaks when it is disconnected in the tick in which it received a message.
  setImmediate(() => {
    if (process.connected) process.disconnect();
  });
}

process.on('message', (message: EngineMessage) => {
  if (message.type === 'start') void start(message);
  else void engine?.cancel();
});
process.on('disconnect', () => void engine?.cancel());
