import type { Invariant } from '@whitebox/invariants';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostTask } from './look-at-host.js';
import { LookThreads, threadsFor } from './look-threads.js';
import type { Sent } from './sent.js';

const opened: LookThreads[] = [];

afterEach(async () => {
  for (const threads of opened.splice(0)) await threads[Symbol.asyncDispose]();
});

/** Threads that run this JavaScript: `answer(message)` posts, `data` is what they were started with. */
function threadsOf(count: number, onMessage: string, onSent?: (sent: Sent) => void): LookThreads {
  const program = `import { parentPort, threadId, workerData as data } from 'node:worker_threads';
const answer = (message) => parentPort.postMessage(message);
const look = (task) => ({ takenAt: new Date(0), violations: [], unchecked: [], looked: [String(threadId)], servers: [task.host],
  troubles: [], intervalS: 1, pictures: [] });
const sent = { command: 1, file: 0, connection: 0, statement: 2, request: 0 };
parentPort.on('message', async (message) => {
  if (message.type === 'end') return parentPort.close();
  const { id, task } = message;
  ${onMessage}
});`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const threads = new LookThreads({ count, cloud: { cloud: 'mine' }, pictures: true, onSent }, url);
  opened.push(threads);
  return threads;
}

function task(host: string): HostTask {
  const invariants = [{ id: 'I1' }, { id: 'I6' }] as unknown as readonly Invariant[];
  return { host, servers: undefined, invariants, newestServiceVersion: 66 };
}

const answering = "answer({ type: 'looked', id, look: look(task), sent });";

describe('LookThreads', () => {
  it('has each host looked at in one of the threads, all of them in use', async () => {
    const threads = threadsOf(3, `setTimeout(() => { ${answering} }, 20);`);
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f'];
    const looks = await Promise.all(hosts.map((host) => threads.look(task(host))));
    expect(looks.map(({ servers }) => servers[0])).toEqual(hosts);
    expect(new Set(looks.flatMap(({ looked }) => looked)).size).toBe(3);
    expect(threads.sent).toEqual({ command: 6, file: 0, connection: 0, statement: 12, request: 0 });
  });

  it('tells them the invariants by their ids, the cloud, and whether pictures are wanted', async () => {
    const threads = threadsOf(
      1,
      "answer({ type: 'looked', id, look: { ...look(task), troubles: [JSON.stringify([task.invariants, data])] }, sent });",
    );
    const { troubles } = await threads.look(task('a'));
    expect(JSON.parse(troubles[0] ?? '')).toEqual([
      ['I1', 'I6'],
      { cloud: { cloud: 'mine' }, pictures: true, tellsSent: false },
    ]);
  });

  it('passes on what is sent where somebody wants to know', async () => {
    const seen: Sent[] = [];
    const one = { kind: 'request', where: 'nova', text: 'GET /servers', allowedAs: undefined } as const;
    const threads = threadsOf(
      1,
      `answer({ type: 'sent', one: ${JSON.stringify(one)} }); ${answering}`,
      (sent) => seen.push(sent),
    );
    await threads.look(task('a'));
    expect(seen).toEqual([one]);
  });

  it('rejects with the code, the host and the advice of what a thread met', async () => {
    const facts = { code: 'WB_DB_LOGIN', action: 'log in', host: 'db1', observed: 'refused', advice: 'Ask.' };
    const threads = threadsOf(1, `answer({ type: 'failed', id, facts: ${JSON.stringify(facts)} });`);
    await expect(threads.look(task('a'))).rejects.toMatchObject(facts);
  });

  it.each([
    ['throws', "throw new Error('out of its mind');", /out of its mind/],
    ['ends', 'process.exit(3);', /it ended with exit code 3/],
  ])(
    'rejects what was asked of a thread that %s, and what is asked of it afterwards',
    async (_, what, says) => {
      const threads = threadsOf(1, what);
      const looks = ['a', 'b'].map((host) => threads.look(task(host)));
      for (const look of [...looks, Promise.allSettled(looks).then(() => threads.look(task('c')))])
        await expect(look).rejects.toMatchObject({
          code: 'WB_AUDIT_THREAD',
          observed: expect.stringMatching(says) as unknown,
        });
    },
  );

  it('rejects a look that is under way when it is closed', async () => {
    const threads = threadsOf(1, '');
    const look = threads.look(task('a'));
    const rejected = expect(look).rejects.toMatchObject({ code: 'WB_AUDIT_THREAD' });
    await threads[Symbol.asyncDispose]();
    await rejected;
  });
});

describe('threadsFor', () => {
  it.each([
    [2, 8, 1],
    [63, 8, 1],
    [64, 8, 2],
    [1000, 4, 2],
    [1000, 64, 4],
    [1000, 1, 1],
  ])('for %i hosts on %i cores: %i', (hosts, cores, threads) => {
    expect(threadsFor(hosts, cores)).toBe(threads);
  });
});
