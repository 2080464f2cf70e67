import { onWait } from '@whitebox/core';
import { record } from './current-recorder.js';

let listening = false;

/** From now on every wait is kept for the case that waits. */
export function recordWaits(): void {
  if (listening) return;
  listening = true;
  onWait(({ what, host, milliseconds, looks, lateMs, reached }) => {
    record(() => ({
      kind: 'wait',
      where: host ?? '',
      what,
      outcome: `${reached ? 'so' : 'not so'} after ${looks} looks`,
      failed: !reached,
      ms: milliseconds,
      lateMs: Math.round(lateMs),
    }));
  });
}
