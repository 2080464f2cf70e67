import { expect, it } from 'vitest';
import { HostNames, rowId, simulatedHost } from './host-names.js';

const server = 'a6169047-7c19-4342-b0f5-a1d2707a8cb4';
const image = 'd184d900-60fa-4078-8f99-7681a584b8b0';
const names = new HostNames({ host: 'compute1', uuids: [server] });
const recorded = `compute1 compute10 ${server} ${image} instance-0000000a`;

it('gives each host names of its own, and leaves those that all share', () => {
  expect(names.template(recorded)(737)).toBe(
    `compute00737 compute10 a6169047-7c19-4342-b0f5-a1d2707a02e1 ${image} instance-002e100a`,
  );
  expect(names.template(`(${rowId(19)},'x')`)(2)).toBe("(8211,'x')");
});

it('finds the way back, and whose it was', () => {
  for (const number of [1, 737, 10_000]) {
    expect(names.back(names.template(recorded)(number))).toEqual({ text: recorded, number });
  }
  expect(names.back(`GET /images/${image}`)).toEqual({ text: `GET /images/${image}`, number: undefined });
});

it('never gives two hosts the same', () => {
  const all = [1, 2, 3, 1000].map(names.template(`${server} instance-00000fff`));
  expect(new Set(all).size).toBe(4);
  expect(simulatedHost(3)).toBe('compute00003');
});

it('refuses uuids that it could not tell apart', () => {
  expect(() => new HostNames({ host: 'a', uuids: [server, `${server.slice(0, 32)}0000`] })).toThrow(
    'two uuids',
  );
});
