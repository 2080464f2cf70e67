import { WhiteboxError, type ErrorFacts } from '@whitebox/core';

export type ServiceErrorCode =
  | 'WB_SERVICES_NO_SUCH_SERVICE'
  | 'WB_SERVICES_UNREADABLE_STATUS'
  | 'WB_SERVICES_START_FAILED'
  | 'WB_SERVICES_STOP_FAILED'
  | 'WB_SERVICES_RESTART_FAILED'
  | 'WB_SERVICES_DIED'
  | 'WB_SERVICES_SAME_PROCESS'
  | 'WB_SERVICES_NOT_RUNNING'
  | 'WB_SERVICES_MASK_FAILED'
  | 'WB_SERVICES_UNSUPPORTED'
  | 'WB_SERVICES_BAD_DESCRIPTION'
  | 'WB_SERVICES_NO_CONFIG'
  | 'WB_SERVICES_NOT_EDITABLE'
  | 'WB_SERVICES_OVERRIDDEN'
  | 'WB_SERVICES_NOT_IN_FORCE'
  | 'WB_SERVICES_STALE_PROCESS'
  | 'WB_SERVICES_CHANGED_MEANWHILE'
  | 'WB_SERVICES_NOT_LAST'
  | 'WB_SERVICES_HELD'
  | 'WB_SERVICES_NOT_GIVEN_BACK'
  | 'WB_SERVICES_NO_HOST'
  | 'WB_SERVICES_JOURNAL'
  | 'WB_SERVICES_UNKNOWN_DEPLOYMENT'
  | 'WB_SERVICES_UNKNOWN_SERVICE';

/** A service could not be found, moved or changed. */
export class ServiceError extends WhiteboxError {
  override readonly code: ServiceErrorCode;

  constructor(facts: ErrorFacts & { readonly code: ServiceErrorCode }) {
    super(facts);
    this.code = facts.code;
  }
}

/** A sentence out of whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof WhiteboxError) {
    const where = error.host === undefined ? '' : ` on ${error.host}`;
    return `${error.action}${where}: ${error.observed}`;
  }
  return error instanceof Error ? error.message : String(error);
}
