// Runs in the worker, in place of vitest's own runner.
import { TestRunner, type RunnerTask, type TestContext } from 'vitest';

const interrupted = 'The run was aborted by the user.';

/**
 * Tells every running case that the run is cancelled. Vitest (4.1) forgets all running cases that began after one that has
 * ended, so where cases run side by side hardly any would hear of it.
 */
export default class CaseRunner extends TestRunner {
  readonly #cases: AbortController[] = [];
  #cancelled = false;

  override extendTaskContext(context: TestContext): TestContext {
    const extended = super.extendTaskContext(context);
    const { signal } = extended;
    const own = new AbortController();
    signal.addEventListener('abort', () => {
      own.abort(signal.reason);
    });
    this.#cases.push(own);
    Object.defineProperty(extended, 'signal', { value: own.signal });
    return extended;
  }

  override cancel(reason: Parameters<TestRunner['cancel']>[0]): void {
    super.cancel(reason);
    this.#cancelled = true;
    for (const own of this.#cases) own.abort(new Error(interrupted));
  }

  /** A case that ended because of this alone has not failed. */
  onTaskFinished(test: RunnerTask): void {
    const { result } = test;
    if (!this.#cancelled || result?.state !== 'fail') return;
    if (result.errors?.every(({ message }) => message === interrupted) !== true) return;
    Object.assign(result, { state: 'skip', note: interrupted });
  }
}
