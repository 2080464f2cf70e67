import { parentPort, workerData } from 'node:worker_threads';
import { WhiteboxError, type ErrorFacts } from '@whitebox/core';
import { invariants } from '@whitebox/invariants';
import { lookAtHost } from './look-at-host.js';
import { noneSent, type LookAnswer, type LookRequest, type LookThreadData } from './look-messages.js';
import { AuditedCloud } from './open-audit.js';

// The program of a thread of look-threads.ts.

const { cloud, pictures, tellsSent } = workerData as LookThreadData;
const ending = new AbortController();
let counts = noneSent();

const say = (answer: LookAnswer): void => parentPort?.postMessage(answer);

const opening = AuditedCloud.open(cloud, (one) => {
  counts[one.kind] += 1;
  if (tellsSent) say({ type: 'sent', one });
});
// Whoever asks for a look is told.
opening.catch(() => undefined);

parentPort?.on('message', (request: LookRequest) => {
  if (request.type === 'end') void end();
  else void answer(request);
});

async function answer({ id, task }: Extract<LookRequest, { type: 'look' }>): Promise<void> {
  try {
    const audited = await opening;
    const rules = invariants.filter((rule) => task.invariants.includes(rule.id));
    const look = await lookAtHost(audited, { ...task, invariants: rules }, ending.signal, pictures);
    say({ type: 'looked', id, look, sent: counts });
    counts = noneSent();
  } catch (error) {
    say({ type: 'failed', id, facts: factsOf(error) });
  }
}

async function end(): Promise<void> {
  ending.abort(new Error('the audit is over'));
  await opening.then((audited) => audited[Symbol.asyncDispose]()).catch(() => undefined);
  // What is left open would keep the thread.
  process.exit();
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof WhiteboxError) return error.toJSON();
  return {
    code: 'WB_AUDIT_THREAD',
    action: 'look at a host',
    observed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    advice: 'This is a mistake in Whitebox: say so to whoever maintains it.',
  };
}
