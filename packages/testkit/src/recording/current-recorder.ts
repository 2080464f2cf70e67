import { AsyncLocalStorage } from 'node:async_hooks';
import type { CaseRecorder, NewActivity } from './case-recorder.js';
import type { Activity } from './model.js';

interface Recording {
  readonly recorder: CaseRecorder;
  /** Within a look at all layers: how many of each kind it took, which are recorded as one. */
  readonly look?: Map<Activity['kind'], number> | undefined;
}

// The connections are those of the whole run; who uses one right now is known by the chain of promises alone, also when
// several cases run at the same time.
const storage = new AsyncLocalStorage<Recording>();

/** Everything that is done within `work` is that recorder's. */
export function recordedBy<T>(recorder: CaseRecorder, work: () => Promise<T>): Promise<T> {
  return storage.run({ recorder }, work);
}

/** The recorder of the case that is at work here; undefined outside of any. */
export function currentRecorder(): CaseRecorder | undefined {
  return storage.getStore()?.recorder;
}

/** Keeps an activity for the case that is at work here. */
export function record(activity: () => NewActivity): void {
  const recording = storage.getStore();
  if (recording === undefined) return;
  const { recorder, look } = recording;
  const made = activity();
  if (look === undefined) recorder.add(made);
  else look.set(made.kind, (look.get(made.kind) ?? 0) + 1);
}

/** Records everything that is done within `work` as one look: dozens of readings after every step would bury the rest. */
export async function recordedAsLook<T>(what: string, work: () => Promise<T>): Promise<T> {
  const recorder = currentRecorder();
  if (recorder === undefined) return work();
  const look = new Map<Activity['kind'], number>();
  const started = performance.now();
  try {
    return await storage.run({ recorder, look }, work);
  } finally {
    const of = (kind: Activity['kind'], words: string): string[] => {
      const count = look.get(kind) ?? 0;
      return count === 0 ? [] : [`${count} ${words}`];
    };
    const outcome = [...of('command', 'commands'), ...of('sql', 'statements'), ...of('request', 'requests')];
    recorder.add({
      kind: 'look',
      where: 'all layers',
      what,
      outcome: outcome.join(', '),
      failed: false,
      ms: performance.now() - started,
    });
  }
}
