import { WhiteboxError, type ErrorFacts } from '@whitebox/core';

/** Base of every error of this package. */
export class OpenStackError extends WhiteboxError {}

/**
 * No answer came: `WB_OPENSTACK_UNREACHABLE` (refused, no route, unknown name), `WB_OPENSTACK_CONNECTION_LOST`,
 * `WB_OPENSTACK_TLS`, `WB_OPENSTACK_TIMEOUT`, `WB_OPENSTACK_ABORTED`.
 */
export class ConnectionError extends OpenStackError {
  readonly method: string;
  readonly url: string;

  constructor(facts: ErrorFacts & { readonly method: string; readonly url: string }) {
    super(facts);
    this.method = facts.method;
    this.url = facts.url;
  }
}

/** Credentials that cannot be used: not found, incomplete, contradictory or unreadable (`WB_OPENSTACK_CREDENTIALS`). */
export class CredentialsError extends OpenStackError {}

/** The catalogue has no endpoint for what is asked (`WB_OPENSTACK_NO_SERVICE`). */
export class NoServiceError extends OpenStackError {}

/** The call needs a microversion that the service does not speak; nothing was sent (`WB_OPENSTACK_MICROVERSION`). */
export class MicroversionError extends OpenStackError {}

/** An answer that is not what the API promises: no JSON, or a field missing (`WB_OPENSTACK_BAD_ANSWER`). */
export class BadAnswerError extends OpenStackError {}

/** A name that means nothing, or more than one thing (`WB_OPENSTACK_NO_SUCH_NAME`, `WB_OPENSTACK_AMBIGUOUS_NAME`). */
export class NameError extends OpenStackError {}
