import { expect, it } from 'vitest';
import { Answers } from './answers.js';
import { valuesOf } from './fill-database.js';
import { HostNames, rowId } from './host-names.js';
import { readRecording, uuidsOf } from './recording.js';
import { difference } from './run-sizes.js';

const recording = readRecording();
const names = new HostNames(recording);

it('is of a host with twenty servers, and knows what is theirs', () => {
  expect(recording.servers).toBe(20);
  expect(recording.rows.cell['instances']).toHaveLength(20);
  expect(uuidsOf(recording.host, recording.rows, recording.requests)).toEqual(recording.uuids);
});

it('has no password', () => {
  const text = JSON.stringify(recording);
  for (const [, value = ''] of text.matchAll(/(?:password|secret)\s*=\s*([^\\\s"]+)/g))
    expect(value).toMatch(/^x+$/);
  for (const [, value = ''] of text.matchAll(/\w+:\/\/[\w-]+:([^@\s"]+)@/g)) expect(value).toMatch(/^x+$/);
});

it('answers for any host what was asked of the recorded one, with or without env', () => {
  const answers = new Answers(recording.commands, names);
  const list = ['virsh', '-c', 'qemu:///system', '-r', 'list --all --uuid --name; list --all'];
  const one = answers.answer(5, list)?.stdout.toString() ?? '';
  const other = answers.answer(6, ['env', 'LC_ALL=C', ...list])?.stdout.toString() ?? '';
  expect(one).toMatch(/ instance-00005001$/m);
  expect(one).not.toBe(other);
  expect(names.back(one).text).toBe(names.back(other).text);
  expect(answers.answer(5, ['reboot'])).toBeUndefined();
});

it('makes rows whose ids are of the host and whose texts are quoted', () => {
  expect(valuesOf('pci_devices', { id: 3, compute_node_id: 1, numa: 3, label: "it's\n\\", none: null })).toBe(
    `(${rowId(3)},${rowId(1)},3,'it\\'s\\n\\\\',NULL)`,
  );
  expect(() => valuesOf('instances', { id: 5000 })).toThrow('younger lab');
});

it('counts what was done in between', () => {
  expect(difference({ a: 5, b: { c: 3 }, d: ['x'] }, { a: 2, b: { c: 1 }, d: [] })).toEqual({
    a: 3,
    b: { c: 2 },
    d: ['x'],
  });
});
