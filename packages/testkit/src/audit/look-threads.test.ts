import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { HostTask } from './look-at-host.js';
import { nothingSent, type ThreadAnswer, type ThreadRequest } from './look-messages.js';
import { LookThreads, type Thread } from './look-threads.js';

/** A thread that says nothing of itself. */
class SilentThread extends EventEmitter implements Thread {
  readonly told: ThreadRequest[] = [];
  ended = false;
  postMessage(message: ThreadRequest): void {
    this.told.push(structuredClone(message));
  }
  terminate(): Promise<unknown> {
    this.ended = true;
    return Promise.resolve();
  }
  /** Answers the request with this number. */
  answer(index: number, answer: (id: number) => ThreadAnswer): void {
    const request = this.told[index];
    if (request === undefined || request === 'give up') throw new Error('it was not asked');
    this.emit('message', structuredClone(answer(request.id)));
  }
}

const look = {
  takenAt: new Date(0),
  violations: [],
  unchecked: [],
  looked: ['I1'],
  servers: ['a'],
  troubles: [],
  intervalS: 60,
};
const task = (host: string): HostTask => ({
  host,
  servers: new Set(['a']),
  invariants: [],
  newestServiceVersion: 66,
});

function two(): { readonly threads: LookThreads; readonly each: SilentThread[]; readonly counts: number[] } {
  const each: SilentThread[] = [];
  const counts: number[] = [];
  const start = (): Thread => {
    const thread = new SilentThread();
    each.push(thread);
    return thread;
  };
  const threads = new LookThreads({}, 2, ({ command }) => counts.push(command), start);
  return { threads, each, counts };
}

describe('looks in threads', () => {
  it('go to the thread with the least to do, and come back to whoever asked', async () => {
    const { threads, each, counts } = two();
    const { signal } = new AbortController();
    const [one, other, third] = ['one', 'other', 'third'].map((host) => threads.look(task(host), signal));
    expect(each.map(({ told }) => told.length)).toEqual([2, 1]);
    const answer = (id: number): ThreadAnswer => ({ id, sent: { ...nothingSent(), command: id }, look });
    each[0]!.answer(1, (id) => ({ ...answer(id), look: { ...look, troubles: ['third'] } }));
    each[0]!.answer(0, answer);
    each[1]!.answer(0, answer);
    expect(await one).toEqual({ ...look, snapshot: undefined });
    expect((await other)?.takenAt).toEqual(new Date(0));
    expect((await third)?.troubles).toEqual(['third']);
    expect(counts).toEqual([2, 0, 1]);
    await threads[Symbol.asyncDispose]();
    expect(each.every(({ ended }) => ended)).toBe(true);
  });

  it('fail as they failed there', async () => {
    const { threads, each } = two();
    const asked = threads.look(task('one'), new AbortController().signal);
    const known = {
      code: 'WB_DB_UNREACHABLE',
      action: 'ask',
      host: 'db',
      observed: 'nothing',
      advice: 'look',
    } as const;
    each[0]!.answer(0, (id) => ({ id, sent: nothingSent(), error: { known } }));
    await expect(asked).rejects.toMatchObject(known);
  });

  it('fail with the thread that they are in, and no others', async () => {
    const { threads, each } = two();
    const { signal } = new AbortController();
    const lost = threads.look(task('one'), signal);
    const kept = threads.look(task('other'), signal);
    each[0]!.emit('error', new Error('out of memory'));
    each[0]!.emit('exit');
    await expect(lost).rejects.toMatchObject({ code: 'WB_AUDIT_THREAD', observed: 'out of memory' });
    each[1]!.answer(0, (id) => ({ id, sent: nothingSent(), look }));
    expect(await kept).toMatchObject({ servers: ['a'] });
    // Nobody waits for one that answers no more.
    await expect(threads.look(task('third'), signal)).rejects.toMatchObject({ code: 'WB_AUDIT_THREAD' });
  });

  it('are given up there too', async () => {
    const { threads, each } = two();
    const stop = new AbortController();
    const asked = threads.look(task('one'), stop.signal);
    stop.abort(new Error('interrupted'));
    expect(each[0]!.told.at(-1)).toBe('give up');
    each[0]!.answer(0, (id) => ({ id, sent: nothingSent(), error: { text: 'given up' } }));
    await expect(asked).rejects.toMatchObject({ code: 'WB_AUDIT_THREAD' });
    await expect(threads.look(task('two'), stop.signal)).rejects.toThrow('interrupted');
  });
});
