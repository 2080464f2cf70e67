import type { ErrorFacts } from '@whitebox/core';
import type { CloudReference } from '../run-context.js';
import type { HostLook, HostTask } from './look-at-host.js';
import type { Sent } from './sent.js';

/** What a thread that looks at hosts is started with. */
export interface LookThreadData {
  readonly cloud: CloudReference;
  /** Whether hosts that violate something are drawn. */
  readonly pictures: boolean;
  /** Whether everything that is sent to the cloud is told, not only counted. */
  readonly tellsSent: boolean;
}

export type LookRequest =
  | { readonly type: 'look'; readonly id: number; readonly task: PostedTask }
  /** Close all connections; no look follows. */
  | { readonly type: 'end' };

/** A task as it can be posted: rules are code, and go by their ids. */
export type PostedTask = Omit<HostTask, 'invariants'> & { readonly invariants: readonly string[] };

/** How often each kind was sent. */
export type SentCounts = Record<Sent['kind'], number>;

export type LookAnswer =
  /** `sent`: since the last answer. */
  | { readonly type: 'looked'; readonly id: number; readonly look: HostLook; readonly sent: SentCounts }
  | { readonly type: 'failed'; readonly id: number; readonly facts: ErrorFacts }
  | { readonly type: 'sent'; readonly one: Sent };

export const sentKinds = ['command', 'file', 'connection', 'statement', 'request'] as const;

export function noneSent(): SentCounts {
  return { command: 0, file: 0, connection: 0, statement: 0, request: 0 };
}
