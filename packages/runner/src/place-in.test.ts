import { expect, it } from 'vitest';
import { placeIn } from './place-in.js';

const frame = (file: string, line = 3): { file: string; line: number } => ({ file, line });

it('is the first of a suite that is its own, with its line', () => {
  const root = import.meta.dirname;
  const inner = frame(`${root}/node_modules/chai/index.js`);
  expect(placeIn(root, [frame('/usr/lib/x.js'), inner, frame(import.meta.filename, 2)])).toEqual({
    at: 'place-in.test.ts:2',
    code: "import { placeIn } from './place-in.js';",
  });
});

it('is told of a suite that is installed, also where its sources are not', () => {
  const root = '/usr/lib/node_modules/@acme/suite';
  expect(placeIn(root, [frame(`${root}/src/case.ts`)])).toEqual({ at: 'src/case.ts:3', code: undefined });
  expect(placeIn(root, [frame(`${root}-2/src/case.ts`)])).toEqual({});
});
