import { AsyncLocalStorage } from 'node:async_hooks';
import type { CaseRecorder } from './case-recorder.js';

// The connections are those of the whole run; who uses one right now is known by the chain of promises alone, also when
// several cases run at the same time.
const storage = new AsyncLocalStorage<CaseRecorder>();

/** Everything that is done within `work` is that recorder's. */
export function recordedBy<T>(recorder: CaseRecorder, work: () => Promise<T>): Promise<T> {
  return storage.run(recorder, work);
}

/** The recorder of the case that is at work here; undefined outside of any. */
export function currentRecorder(): CaseRecorder | undefined {
  return storage.getStore();
}
