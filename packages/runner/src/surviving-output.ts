import type { EventEmitter } from 'node:events';
import { errorCode } from '@whitebox/core';

/**
 * Lets a command go on to its end, and give back what it has changed, where whoever read its output has gone (`whitebox run | head`):
 * without a listener Node.js ends the process at once, with a stack.
 */
export function surviveClosedPipe(...streams: readonly EventEmitter[]): void {
  for (const stream of streams) {
    stream.on('error', (error: unknown) => {
      if (errorCode(error) !== 'EPIPE') throw error;
    });
  }
}
