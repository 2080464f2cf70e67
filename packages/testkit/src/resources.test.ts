import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WhiteboxError } from '@whitebox/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CleanupStack } from './cleanup.js';
import type { CloudApi } from './cloud-api.js';
import { Resources } from './resources.js';
import { RunState } from './run-state.js';

/** A cloud of names and ids; deleting takes a look or two, as in a real one. */
class FakeCloud implements Pick<
  CloudApi,
  | 'createFlavor'
  | 'createVolume'
  | 'createAggregate'
  | 'createTrait'
  | 'markDown'
  | 'findByName'
  | 'remove'
  | 'stateOf'
> {
  readonly things = new Map<string, { name: string; looksUntilGone: number | undefined }>();
  /** How many deletions are still refused or given up, and what is said then. */
  failDeletions = 0;
  failureCode: `WB_${string}` = 'WB_OPENSTACK_SERVER_FAULT';
  /** What happens between the request and its answer. */
  onCreate: () => Promise<void> = () => Promise.resolve();

  async createFlavor({ name }: { readonly name: string }): Promise<string> {
    const id = `id-${this.things.size + 1}`;
    this.things.set(id, { name, looksUntilGone: undefined });
    await this.onCreate();
    return id;
  }

  createVolume(volume: { readonly name: string }): Promise<string> {
    return this.createFlavor(volume);
  }

  createAggregate(aggregate: { readonly name: string }): Promise<string> {
    return this.createFlavor(aggregate);
  }

  createTrait(name: string): Promise<string> {
    return this.createFlavor({ name });
  }

  markDown(host: string): Promise<string> {
    return this.createFlavor({ name: host });
  }

  findByName(_kind: string, name: string): Promise<string[]> {
    return Promise.resolve([...this.things].filter(([, thing]) => thing.name === name).map(([id]) => id));
  }

  remove(_kind: string, id: string): Promise<void> {
    const thing = this.things.get(id);
    if (thing === undefined) {
      return Promise.reject(
        new WhiteboxError({ code: 'WB_OPENSTACK_NOT_FOUND', action: 'delete', observed: '404', advice: '' }),
      );
    }
    if (this.failDeletions > 0) {
      this.failDeletions -= 1;
      return Promise.reject(
        new WhiteboxError({
          code: this.failureCode,
          action: 'delete',
          observed: 'ERROR',
          advice: '',
        }),
      );
    }
    thing.looksUntilGone ??= 1;
    return Promise.resolve();
  }

  stateOf(_kind: string, id: string): Promise<string | undefined> {
    const thing = this.things.get(id);
    if (thing?.looksUntilGone === undefined) return Promise.resolve(thing?.name);
    if (thing.looksUntilGone === 0) this.things.delete(id);
    else thing.looksUntilGone -= 1;
    return Promise.resolve('deleting');
  }
}

describe('Resources', () => {
  let root: string;
  let state: RunState;
  let cloud: FakeCloud;
  let resources: Resources;
  let cleanup: CleanupStack;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'resources-'));
    state = await RunState.create(join(root, 'run'), 'run', {});
    cloud = new FakeCloud();
    resources = new Resources(cloud as unknown as CloudApi, state, { ramMib: 128, diskGib: 1 });
    cleanup = new CleanupStack();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('records before it makes and forgets only when it is gone', async () => {
    cloud.onCreate = async () => {
      expect(await state.leftovers()).toEqual([{ kind: 'flavor', name: 'f' }]);
    };
    const id = await resources.flavor('f', { vcpus: 1 }, cleanup, signal);
    expect(await state.leftovers()).toEqual([{ kind: 'flavor', name: 'f', id }]);

    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('removes what a request made although its answer was lost', async () => {
    cloud.onCreate = () => Promise.reject(new Error('connection reset'));
    await expect(resources.flavor('f', { vcpus: 1 }, cleanup, signal)).rejects.toThrow('connection reset');
    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('waits for a request under way before it cleans up', async () => {
    let answer: () => void = () => undefined;
    cloud.onCreate = () => new Promise((resolve) => (answer = resolve));
    const making = resources.flavor('f', { vcpus: 1 }, cleanup, signal);
    while (cloud.things.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const cleaning = cleanup.run();
    answer();
    await making;
    await cleaning;
    expect(cloud.things.size).toBe(0);
  });

  it('takes what somebody else has deleted as gone', async () => {
    await resources.flavor('f', { vcpus: 1 }, cleanup, signal);
    cloud.things.clear();
    await cleanup.run();
    expect(await state.leftovers()).toEqual([]);
  });

  it('deletes again what Nova failed to delete', async () => {
    await resources.flavor('f', { vcpus: 1 }, cleanup, signal);
    cloud.failDeletions = 2;
    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('asks again to delete a volume that Cinder still believes attached', async () => {
    await resources.volume({ name: 'v', sizeGib: 1 }, cleanup, signal);
    cloud.failDeletions = 2;
    cloud.failureCode = 'WB_OPENSTACK_BAD_REQUEST';
    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('asks again to take away the mark of a host that does not know yet what was evacuated from it', async () => {
    cloud.onCreate = async () => {
      expect(await state.leftovers()).toEqual([{ kind: 'down-mark', name: 'compute1' }]);
    };
    await resources.downMark('compute1', cleanup, signal);
    cloud.failDeletions = 2;
    cloud.failureCode = 'WB_OPENSTACK_CONFLICT';
    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('finds an aggregate again by its name when its making was cut off', async () => {
    cloud.onCreate = () => Promise.reject(new Error('connection reset'));
    const attempt = resources.aggregate({ name: 'a', hosts: ['compute1'] }, cleanup, signal);
    await expect(attempt).rejects.toThrow('connection reset');
    // Another process, which has the record only.
    const leftovers = await RunState.at(join(root, 'run')).leftovers();
    expect(leftovers).toEqual([{ kind: 'aggregate', name: 'a' }]);
    for (const one of leftovers) await resources.remove(one);
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('asks again to delete a trait that a provider still has', async () => {
    await resources.trait('CUSTOM_WHITEBOX', cleanup, signal);
    cloud.failDeletions = 2;
    cloud.failureCode = 'WB_OPENSTACK_CONFLICT';
    await cleanup.run();
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });

  it('believes a refusal to delete anything else', async () => {
    await resources.flavor('f', { vcpus: 1 }, cleanup, signal);
    cloud.failDeletions = 1;
    cloud.failureCode = 'WB_OPENSTACK_BAD_REQUEST';
    await expect(cleanup.run()).rejects.toThrow('Could not delete flavor f');
  });

  it('makes nothing once the run is interrupted', async () => {
    await expect(
      resources.flavor('f', { vcpus: 1 }, cleanup, AbortSignal.abort(new Error('Ctrl-C'))),
    ).rejects.toThrow('Ctrl-C');
    expect(cloud.things.size).toBe(0);
    expect(await state.leftovers()).toEqual([]);
  });
});
