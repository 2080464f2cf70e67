import { WhiteboxError } from '@whitebox/core';

/** What can be wrong with what Nova keeps in its databases. */
export type NovaDataErrorCode =
  /** A column does not hold what it should: no JSON, another object, a missing field, a wrong type. */
  | 'WB_NOVA_DB_VALUE'
  /** A versioned object of a major version that nobody knew when this was written. */
  | 'WB_NOVA_DB_OBJECT_VERSION'
  /** No database of the server is Nova's API database, or more than one. */
  | 'WB_NOVA_DB_NO_API_DATABASE'
  /** A connection URL that cannot be understood or filled in. */
  | 'WB_NOVA_DB_URL'
  | 'WB_NOVA_DB_NO_CELL'
  | 'WB_NOVA_DB_NO_INSTANCE'
  /** The scheduler has not chosen a cell yet. */
  | 'WB_NOVA_DB_NOT_IN_A_CELL'
  | 'WB_NOVA_DB_NO_REQUEST_SPEC';

/** Thrown where Nova's data are not what they should be. */
export class NovaDataError extends WhiteboxError {
  declare readonly code: NovaDataErrorCode;
}
