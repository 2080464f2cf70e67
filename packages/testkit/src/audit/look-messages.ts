import type { CloudReference } from '../run-context.js';
import type { HostLook, HostTask } from './look-at-host.js';
import type { Sent } from './sent.js';

/** How much was sent of each kind. */
export type SentCounts = Record<Sent['kind'], number>;

/** What a thread is told when it starts. */
export interface ThreadStart {
  readonly cloud: CloudReference;
}

/** To a thread: look at a host, or give up all that is under way. */
export type ThreadRequest =
  | {
      readonly id: number;
      readonly task: Omit<HostTask, 'invariants'> & { readonly invariants: readonly string[] };
    }
  | 'give up';

/** A look without what only this thread can hold. */
export type ThreadLook = Omit<HostLook, 'snapshot'>;

/** From a thread; `sent` counts what was sent since its last answer. */
export type ThreadAnswer =
  | { readonly id: number; readonly sent: SentCounts; readonly look: ThreadLook }
  | { readonly id: number; readonly sent: SentCounts; readonly error: ThreadError };

/** An error as it can be handed over: of Whitebox with its parts, else its text. */
export type ThreadError =
  | {
      readonly known: {
        code: `WB_${string}`;
        action: string;
        host: string | undefined;
        observed: string;
        advice: string;
      };
    }
  | { readonly text: string };

export function nothingSent(): SentCounts {
  return { command: 0, file: 0, connection: 0, statement: 0, request: 0 };
}
