import type { Host } from '../host.js';

/** What the suite uses of a test runner; vitest's names fit. */
export interface TestApi {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly expect: (actual: unknown) => {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toBeLessThan(expected: number): void;
  };
}

/** One machine to be held against the contract. */
export interface ConformanceSubject extends AsyncDisposable {
  readonly host: Host;
  /** A directory on that machine that exists, is empty and may be written to by the user of the host. */
  readonly directory: string;
  /** How many processes whose command line contains the word run on that machine, seen from outside of the host. */
  readonly running: (word: string) => Promise<number>;
  /** Where that machine sends back what it gets, by port on 127.0.0.1 and by socket, and a port where nobody listens. */
  readonly echo: { readonly port: number; readonly socketPath: string; readonly closedPort: number };
}

/** What one group of the suite is given. */
export interface Suite {
  readonly expect: TestApi['expect'];
  readonly withHost: (what: string, body: (subject: ConformanceSubject) => Promise<void>) => void;
  /** A signal is reported as exit code 128 + number. */
  readonly signalsAsExitCodes: boolean;
}
