import { appendFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';

const meta = {
  needs: ['two computes'],
  hardware: ['SR-IOV NIC'],
  replaces: ['old.test'],
  since: 26,
  knownBugs: [{ bug: 'lp#1', fixedBy: 30, what: 'leaks' }],
};

test('passes', { meta }, async ({ annotate }) => {
  await annotate('boot vm1', 'step');
  await annotate('["compute1"]', 'hosts');
  console.log('printed by a case');
});

for (let attempt = 1; attempt <= inject('whitebox').repeat; attempt += 1) {
  test('repeated', { meta: { attempt } }, () => expect(attempt).not.toBe(2));
}

test('fails', async ({ annotate }) => {
  await annotate('what the layers said', 'evidence');
  console.log('printed by the one that fails');
  expect(1).toBe(2);
});

test('is skipped', ({ skip }) => {
  skip('needs two computes; found 1');
});

/** A run may be cancelled before a case of it listens. */
const cancelled = (signal) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('waits until it is cancelled, then cleans up', ({ signal, annotate, onTestFinished }) => {
  const { stateDirectory } = inject('whitebox');
  const done = (async () => {
    try {
      await annotate('wait', 'step');
      await cancelled(signal);
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await appendFile(`${stateDirectory}/log`, 'cleaned up\n');
    }
  })();
  onTestFinished(() => done.catch(() => undefined), 0);
  return done;
});

test('comes after the cancelled one', async () => {
  await appendFile(`${inject('whitebox').stateDirectory}/log`, 'ran all the same\n');
});

test('also waits', async ({ signal, annotate, onTestFinished }) => {
  const { stateDirectory } = inject('whitebox');
  // Vitest may hold back the end of another case until one of them says something.
  const steps = setInterval(() => void annotate('still waits', 'step'), 50);
  signal.addEventListener('abort', () => clearInterval(steps));
  const done = (async () => {
    try {
      await appendFile(`${stateDirectory}/log`, 'waits\n');
      await cancelled(signal);
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 1200));
      await appendFile(`${stateDirectory}/log`, 'also cleaned up\n');
    }
  })();
  onTestFinished(() => done.catch(() => undefined), 0);
  return done;
});
