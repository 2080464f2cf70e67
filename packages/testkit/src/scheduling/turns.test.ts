import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

const never = new AbortController().signal;
const turnsOf = (jobs: number): Turns =>
  new Turns({
    room: {
      hosts: [{ name: 'a', cells: [4], memoryMib: 8192 }],
      quota: { servers: 10, vcpus: 20, volumes: 10 },
    },
    jobs,
    seed: 1,
  });

describe('Turns', () => {
  it('has those wait who do not fit, until somebody lets go', async () => {
    const turns = turnsOf(1);
    const begun: string[] = [];
    const take = async (id: string, lastMs: number) => {
      const turn = await turns.take({ id, claim: {}, lastMs }, never);
      begun.push(id);
      return turn;
    };
    // Who asks first does not begin first.
    const [short, long] = [take('short', 1), take('long', 2)];
    const turn = await long;
    expect(begun).toEqual(['long']);
    turn.release();
    expect((await short).placement).toEqual({ own: [], hosts: ['a'] });
    expect(begun).toEqual(['long', 'short']);
  });

  it('says who is alone, and who is where', async () => {
    expect((await turnsOf(3).take({ id: 'a', claim: undefined }, never)).placement).toBeUndefined();
    expect((await turnsOf(3).take({ id: 'a', claim: { ownHosts: 1 } }, never)).placement?.own).toEqual(['a']);
  });

  it('lets go of whoever is given up while it waits', async () => {
    const turns = turnsOf(1);
    const first = await turns.take({ id: 'first', claim: {} }, never);
    const giveUp = new AbortController();
    const second = turns.take({ id: 'second', claim: {} }, giveUp.signal);
    giveUp.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    await expect(turns.take({ id: 'too late', claim: {} }, giveUp.signal)).rejects.toThrow('given up');
    first.release();
    expect((await turns.take({ id: 'third', claim: {} }, never)).placement).toBeDefined();
  });
});
