import { constants } from 'node:os';
import { inspect } from 'node:util';
import { sentenceOf } from './errors.js';
import { countChanges, leaveChanges, stay } from './open-changes.js';

/** The part of Node's `process` that tells of its end. */
export type EndingProgram = Pick<NodeJS.Process, 'on' | 'off' | 'exit' | 'exitCode'>;

export interface GiveBackOnExitOptions {
  /** Told what goes on; default: a line on stderr. */
  readonly say?: ((message: string) => void) | undefined;
  /** Default: this process. */
  readonly program?: EndingProgram | undefined;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Whatever ends the process, gives back first what {@link changeOptions} and {@link stopped} have changed: SIGINT, SIGTERM
 * and SIGHUP (exit code 128 + n), an exception or rejection that nobody caught (1), `process.exit`, and an end with a
 * change left open. A second signal is answered, a third one ends the process at once; SIGKILL leaves the journal.
 * What cannot be given back is said, and the exit code is not 0.
 *
 * A program says this once, at its start; a library does not, since the signals are the program's.
 */
export function giveBackOnExit(options: GiveBackOnExitOptions = {}): Disposable {
  return new ExitGuard(options);
}

/** Unwinds who called `process.exit`, which does not return. */
class Leaving extends Error {}

class ExitGuard implements Disposable {
  readonly #say: (message: string) => void;
  readonly #program: EndingProgram;
  readonly #exit: NodeJS.Process['exit'];
  #signals = 0;
  #leaving = false;

  constructor({ say, program = process }: GiveBackOnExitOptions) {
    this.#say = say ?? ((message) => process.stderr.write(`${message}\n`));
    this.#program = program;
    this.#exit = program.exit;
    for (const signal of signals) program.on(signal, this.#onSignal);
    program.on('uncaughtException', this.#onException);
    program.on('beforeExit', this.#onEnd);
    program.exit = this.#onExit;
  }

  [Symbol.dispose](): void {
    for (const signal of signals) this.#program.off(signal, this.#onSignal);
    this.#program.off('uncaughtException', this.#onException);
    this.#program.off('beforeExit', this.#onEnd);
    this.#program.exit = this.#exit;
    if (this.#leaving) stay();
  }

  readonly #onSignal = (signal: (typeof signals)[number]): void => {
    this.#signals += 1;
    const code = 128 + constants.signals[signal];
    if (this.#signals === 2) this.#say('Still giving back; once more leaves it as it is.');
    else if (this.#signals > 2) this.#end(code);
    else void this.#leave(code, signal);
  };

  // A rejection that nobody handles comes here as well.
  readonly #onException = (error: unknown): void => {
    if (error instanceof Leaving) return;
    this.#say(inspect(error));
    void this.#leave(1, 'an error that nobody caught');
  };

  readonly #onEnd = (): void => {
    if (countChanges() > 0) void this.#leave(Number(this.#program.exitCode ?? 0), 'the end of the program');
  };

  readonly #onExit = (code?: number | string | null): never => {
    const wanted = Number(code ?? this.#program.exitCode ?? 0);
    if (countChanges() === 0) return this.#end(wanted);
    void this.#leave(wanted, `exit(${wanted})`);
    throw new Leaving('the process ends once all is given back');
  };

  async #leave(code: number, why: string): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    const count = countChanges();
    if (count > 0) this.#say(`${why}: giving back ${count === 1 ? 'a change' : `${count} changes`} first.`);
    const problems = await leaveChanges(new Error(`the process ends: ${why}`));
    for (const problem of problems) this.#say(`Not given back: ${sentenceOf(problem)}`);
    this.#end(problems.length > 0 && code === 0 ? 1 : code);
  }

  #end(code: number): never {
    return this.#exit.call(this.#program, code);
  }
}
