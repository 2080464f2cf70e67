import { Readable, type Writable } from 'node:stream';
import type { ExecOptions } from './host.js';

/**
 * Writes a program's standard input and closes it. A program that goes away or closes its input is no error; a source
 * that fails is.
 */
export function feed(target: Writable, stdin: ExecOptions['stdin'], fail: (error: unknown) => void): void {
  target.on('error', () => undefined);
  if (!(stdin instanceof Readable)) {
    target.end(stdin ?? '');
    return;
  }
  const stop = (): void => {
    stdin.unpipe(target);
    stdin.pause();
  };
  stdin.once('error', (error) => {
    stop();
    fail(error);
  });
  target.once('close', stop);
  stdin.pipe(target);
}
