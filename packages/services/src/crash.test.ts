import { afterAll, describe, expect, it } from 'vitest';
import {
  CutPower,
  everythingElse,
  HastyJournal,
  MortalPower,
  recovery,
  threeOptions,
  World,
  type Moment,
  type Work,
} from './crash.suite.js';

const works = { 'three options': threeOptions, 'everything else': everythingElse };
const counted = { points: 0, differences: 0 };

/** Fails with what is not as before. */
async function check(world: World, place: string): Promise<void> {
  const differences = await world.differences();
  counted.points += 1;
  counted.differences += differences.length > 0 ? 1 : 0;
  expect(differences, place).toEqual([]);
}

/** Every step of a work that nothing disturbs, and each moment at which one can die at it. */
async function deaths(work: Work, prepare?: Work): Promise<{ at: number; moment: Moment; place: string }[]> {
  await using world = await World.create();
  if (prepare !== undefined) await world.run(prepare, new MortalPower(Infinity, 'before'));
  const power = new MortalPower(Infinity, 'before');
  expect(await world.run(work, power)).toBeUndefined();
  return power.steps.flatMap(({ place, what, tearable }, index) =>
    (tearable ? (['before', 'torn', 'after'] as const) : (['before', 'after'] as const)).map((moment) => ({
      at: index + 1,
      moment,
      place: `${moment} step ${String(index + 1)}: ${what} (${place})`,
    })),
  );
}

afterAll(() => {
  console.log(`${String(counted.points)} points, ${String(counted.differences)} differences`);
});

describe.each(Object.entries(works))(
  'a process that dies while it changes and gives back: %s',
  (_name, work) => {
    it('leaves what recover gives back, whichever of its steps was the last', async () => {
      const points = await deaths(work);
      expect(points.length).toBeGreaterThan(100);
      for (const { at, moment, place } of points) {
        await using world = await World.create();
        const power = new MortalPower(at, moment);
        await world.run(work, power);
        expect(power.dead, place).toBe(true);
        await check(world, place);
      }
    });

    it('leaves it also when recover dies, at any of its own steps', async () => {
      const all = await deaths(work);
      // Where most is open; every eleventh place is enough for the rest.
      const firsts = all.filter(({ moment }, index) => moment !== 'before' && index % 11 === 0);
      for (const first of firsts) {
        for (let at = 1; ; at += 1) {
          await using world = await World.create();
          await world.run(work, new MortalPower(first.at, first.moment));
          const power = new MortalPower(at, at % 2 === 0 ? 'torn' : 'after');
          await world.run(recovery, power);
          if (!power.dead) break;
          await check(world, `${first.place}, then step ${String(at)} of recover`);
        }
      }
    });

    it('leaves it however far each of the hosts got', async () => {
      await using calm = await World.create();
      const whole = new CutPower(new Map());
      await calm.run(work, whole);
      const [ones, twos] = [whole.taken.get('one') ?? 0, whole.taken.get('two') ?? 0];
      expect(Math.min(ones, twos)).toBeGreaterThan(20);
      for (let one = 0; one < ones; one += 4) {
        for (let two = 0; two < twos; two += 4) {
          await using world = await World.create();
          const power = new CutPower(
            new Map([
              ['one', one],
              ['two', two],
            ]),
          );
          await power.end(world.run(work, power));
          await check(world, `${String(one)} steps on one, ${String(two)} on two`);
        }
      }
    });
  },
);

describe('these tests', () => {
  it('notice when the journal is written after the first byte', async () => {
    let noticed = 0;
    for (const { at, moment } of await deaths(threeOptions)) {
      await using world = await World.create();
      await world.run(threeOptions, new MortalPower(at, moment), (journal) => new HastyJournal(journal));
      if ((await world.differences()).length > 0) noticed += 1;
    }
    expect(noticed).toBeGreaterThan(30);
  });

  it('notice a file whose mode, time or label is not given back', async () => {
    for (const program of ['chmod', 'touch', 'chcon']) {
      await using world = await World.create();
      await world.run(threeOptions, new MortalPower(Infinity, 'before'));
      for (const host of world.hosts) {
        if (program === 'chmod')
          host.file('/etc/nova/nova.conf', host.files.text('/etc/nova/nova.conf') ?? '', 0o644);
        else
          await host.exec(
            program === 'touch'
              ? ['touch', '-d', '@1', '/etc/nova/nova.conf']
              : ['chcon', '--', 'other', '/etc/nova/nova.conf'],
          );
      }
      expect(await world.differences(), program).not.toEqual([]);
    }
  });
});
