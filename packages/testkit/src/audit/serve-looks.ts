import { WhiteboxError } from '@whitebox/core';
import { invariants } from '@whitebox/invariants';
import { lookAtHost } from './look-at-host.js';
import {
  nothingSent,
  type ThreadAnswer,
  type ThreadError,
  type ThreadRequest,
  type ThreadStart,
} from './look-messages.js';
import { AuditedCloud } from './open-audit.js';

/** The side of {@link LookThreads} that is in the thread. */
export interface Port {
  on(event: 'message', listener: (message: ThreadRequest) => void): unknown;
  postMessage(message: ThreadAnswer): void;
}

/** Looks at the hosts that it is told of, each as soon as it is told, with connections of its own. */
export function serveLooks(port: Port, { cloud }: ThreadStart): void {
  let sent = nothingSent();
  const giveUp = new AbortController();
  let opened: Promise<AuditedCloud> | undefined;
  const open = (): Promise<AuditedCloud> =>
    (opened ??= AuditedCloud.open(cloud, ({ kind }) => {
      sent[kind] += 1;
    }));
  const taken = (): typeof sent => {
    const counts = sent;
    sent = nothingSent();
    return counts;
  };
  port.on('message', (message) => {
    if (message === 'give up') {
      giveUp.abort(new Error('given up'));
      return;
    }
    const { id, task } = message;
    const chosen = invariants.filter((invariant) => task.invariants.includes(invariant.id));
    open()
      .then((audited) => lookAtHost(audited, { ...task, invariants: chosen }, giveUp.signal))
      .then(
        ({ takenAt, violations, unchecked, looked, servers, troubles, intervalS }) => {
          const look = { takenAt, violations, unchecked, looked, servers, troubles, intervalS };
          port.postMessage({ id, sent: taken(), look });
        },
        (error: unknown) => {
          port.postMessage({ id, sent: taken(), error: handedOver(error) });
        },
      );
  });
}

function handedOver(error: unknown): ThreadError {
  if (!(error instanceof WhiteboxError))
    return { text: String(error instanceof Error ? error.stack : error) };
  const { code, action, host, observed, advice } = error;
  return { known: { code, action, host, observed, advice } };
}
