import { WhiteboxError, type ErrorFacts } from '@whitebox/core';

/** What may go wrong before a connection stands. After that the codes of HostError apply. */
export type SshErrorCode =
  | 'WB_SSH_AUTH'
  | 'WB_SSH_KEY'
  | 'WB_SSH_UNREACHABLE'
  | 'WB_SSH_TIMEOUT'
  | 'WB_SSH_ABORTED'
  | 'WB_SSH_HANDSHAKE'
  | 'WB_SSH_HOST_KEY_UNKNOWN'
  | 'WB_SSH_HOST_KEY_CHANGED'
  | 'WB_SSH_HOST_KEY_REVOKED'
  | 'WB_SSH_CONFIG';

/** No connection could be made. */
export class SshError extends WhiteboxError {
  override readonly code: SshErrorCode;

  constructor(facts: ErrorFacts & { readonly code: SshErrorCode }) {
    super(facts);
    this.code = facts.code;
  }
}
