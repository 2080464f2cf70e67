import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { surviveClosedPipe } from './surviving-output.js';

it('bears a pipe that nobody reads any more, and nothing else', () => {
  const stream = new EventEmitter();
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  expect(() => stream.emit('error', closed)).toThrow('EPIPE');
  surviveClosedPipe(stream);
  expect(stream.emit('error', closed)).toBe(true);
  expect(() => stream.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow(
    'no space',
  );
});
