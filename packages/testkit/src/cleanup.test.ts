import { describe, expect, it } from 'vitest';
import { CleanupStack } from './cleanup.js';

describe('CleanupStack', () => {
  it('undoes in the reverse order', async () => {
    const done: string[] = [];
    const stack = new CleanupStack();
    for (const what of ['flavor', 'server']) {
      stack.add(`delete ${what}`, () => {
        done.push(what);
        return Promise.resolve();
      });
    }
    await stack.run();
    expect(done).toEqual(['server', 'flavor']);
  });

  it('tries every undo and then tells what failed', async () => {
    const done: string[] = [];
    const stack = new CleanupStack();
    stack.add('delete flavor f1', () => {
      done.push('flavor');
      return Promise.resolve();
    });
    stack.add('delete server s1', () => Promise.reject(new Error('HTTP 500')));
    await expect(stack.run()).rejects.toThrow('Could not delete server s1: HTTP 500');
    expect(done).toEqual(['flavor']);
  });

  it('takes nothing more once it has begun', async () => {
    const stack = new CleanupStack();
    await stack.run();
    expect(() => {
      stack.add('delete server s1', () => Promise.resolve());
    }).toThrow('nobody would delete server s1');
  });

  it('undoes once', async () => {
    let times = 0;
    const stack = new CleanupStack();
    stack.add('count', () => {
      times += 1;
      return Promise.resolve();
    });
    await stack.run();
    await stack.run();
    expect(times).toBe(1);
  });
});
