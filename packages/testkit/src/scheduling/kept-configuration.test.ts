import { beforeEach, describe, expect, it } from 'vitest';
import type { CleanupStack } from '../cleanup.js';
import { KeptConfigurations } from './kept-configuration.js';

let log: string[];
let kept: KeptConfigurations;

beforeEach(() => {
  log = [];
  kept = new KeptConfigurations();
});

const make =
  (key: string) =>
  (undo: CleanupStack): Promise<void> => {
    log.push(`set ${key}`);
    undo.add(`give back ${key}`, () => {
      log.push(`give back ${key}`);
      return Promise.resolve();
    });
    return Promise.resolve();
  };

async function run(name: string, key?: string, last = false): Promise<void> {
  await kept.begin(key);
  if (key !== undefined) await kept.enter(key, make(key));
  log.push(name);
  if (key !== undefined) await kept.leave(key, last);
}

describe('KeptConfigurations', () => {
  it('makes one change for cases that want the same, and gives it back after the last', async () => {
    for (const key of ['a', 'a', 'b']) kept.expect(key);
    await run('1', 'a');
    await run('2', 'a');
    await run('3', 'b');
    expect(log).toEqual(['set a', '1', '2', 'give back a', 'set b', '3', 'give back b']);
  });

  it('gives it back before a case that does not want it', async () => {
    for (const key of ['a', 'a']) kept.expect(key);
    await run('1', 'a');
    await run('2');
    await run('3', 'a');
    expect(log).toEqual(['set a', '1', 'give back a', '2', 'set a', '3', 'give back a']);
  });

  it('gives it back where the next case did not come to want it, as its needs were not met', async () => {
    for (const key of ['a', 'a']) kept.expect(key);
    await run('1', 'a');
    await kept.begin('a');
    await kept.leave('a', false);
    expect(log).toEqual(['set a', '1', 'give back a']);
  });

  it('gives it back at once when no case shall follow', async () => {
    for (const key of ['a', 'a']) kept.expect(key);
    await run('1', 'a', true);
    expect(log).toEqual(['set a', '1', 'give back a']);
  });

  it('gives back half a change, and tells why it could not', async () => {
    for (const key of ['a', 'a']) kept.expect(key);
    await kept.begin('a');
    const broken = kept.enter('a', (undo) => {
      undo.add('start nova-api', () => Promise.reject(new Error('it does not start')));
      return Promise.reject(new Error('it did not come back'));
    });
    await expect(broken).rejects.toThrow('it did not come back');
    await expect(kept.leave('a', false)).rejects.toThrow('Could not start nova-api: it does not start');
    // What is lost is lost: the next one starts anew.
    await run('2', 'a');
    expect(log).toEqual(['set a', '2', 'give back a']);
  });

  it('gives back once where several cases begin beside each other', async () => {
    for (const key of ['a', 'a']) kept.expect(key);
    await run('1', 'a');
    await Promise.all([run('2'), run('3')]);
    expect(log.filter((line) => line === 'give back a')).toHaveLength(1);
    expect(log.indexOf('give back a')).toBeLessThan(Math.min(log.indexOf('2'), log.indexOf('3')));
  });
});
