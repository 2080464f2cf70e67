import type { ErrorCode } from '@whitebox/core';
import { OpenStackError } from '../errors.js';

export interface HttpErrorFacts {
  /** What the caller was doing: "show server 7a3f". */
  readonly action: string;
  readonly method: string;
  /** Without user, password and token. */
  readonly url: string;
  readonly status: number;
  /** x-openstack-request-id of the answer: what to look for in the service's log. */
  readonly requestId: string | undefined;
  /** The service's own words. */
  readonly serviceMessage: string;
}

/** An answer with an error status. `code` tells which, see the subclasses; any other is `WB_OPENSTACK_HTTP`. */
export class HttpError extends OpenStackError implements HttpErrorFacts {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly serviceMessage: string;

  constructor(
    facts: HttpErrorFacts,
    code: ErrorCode = 'WB_OPENSTACK_HTTP',
    advice = 'Look for the request id in the log of the service.',
  ) {
    const id = facts.requestId ?? 'no request id';
    super({
      code,
      action: facts.action,
      observed: `${facts.method} ${facts.url} answered ${facts.status} (${id}): ${facts.serviceMessage}`,
      advice,
    });
    this.method = facts.method;
    this.url = facts.url;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.serviceMessage = facts.serviceMessage;
  }
}

/** 400: `WB_OPENSTACK_BAD_REQUEST`. */
export class BadRequestError extends HttpError {}
/** 401, also after the token was renewed: `WB_OPENSTACK_UNAUTHORIZED`. */
export class UnauthorizedError extends HttpError {}
/** 403: `WB_OPENSTACK_FORBIDDEN`. */
export class ForbiddenError extends HttpError {}
/** 404: `WB_OPENSTACK_NOT_FOUND`. */
export class NotFoundError extends HttpError {}
/** 409: `WB_OPENSTACK_CONFLICT`. */
export class ConflictError extends HttpError {}
/** 413 and 429: `WB_OPENSTACK_OVER_LIMIT`. */
export class OverLimitError extends HttpError {}
/** 502, 503 and 504: `WB_OPENSTACK_UNAVAILABLE`. */
export class UnavailableError extends HttpError {}
/** 500 and the other 5xx: `WB_OPENSTACK_INTERNAL`. */
export class InternalError extends HttpError {}

type HttpErrorClass = new (facts: HttpErrorFacts, code: ErrorCode, advice: string) => HttpError;

const kinds: Readonly<Record<number, readonly [HttpErrorClass, ErrorCode, string]>> = {
  400: [
    BadRequestError,
    'WB_OPENSTACK_BAD_REQUEST',
    'The request is not what this version of the API takes: correct what the message names.',
  ],
  401: [
    UnauthorizedError,
    'WB_OPENSTACK_UNAUTHORIZED',
    'Check user, password, project and domains; a token cannot be renewed once it has expired.',
  ],
  403: [
    ForbiddenError,
    'WB_OPENSTACK_FORBIDDEN',
    'The policy or a quota forbids this to the user: use an administrator, or raise the quota that the message names.',
  ],
  404: [
    NotFoundError,
    'WB_OPENSTACK_NOT_FOUND',
    'It does not exist, is deleted already, or belongs to another project.',
  ],
  409: [
    ConflictError,
    'WB_OPENSTACK_CONFLICT',
    'It is in a state that does not allow this now: wait until its task is done, or look at its state.',
  ],
  413: [OverLimitError, 'WB_OPENSTACK_OVER_LIMIT', 'Send less, or raise the limit.'],
  429: [OverLimitError, 'WB_OPENSTACK_OVER_LIMIT', 'Send fewer requests, or raise the limit.'],
  502: [
    UnavailableError,
    'WB_OPENSTACK_UNAVAILABLE',
    'The service behind the proxy does not answer: is it running?',
  ],
  503: [
    UnavailableError,
    'WB_OPENSTACK_UNAVAILABLE',
    'The service is overloaded, starting, or cannot reach what it needs (database, message queue, Keystone).',
  ],
  504: [
    UnavailableError,
    'WB_OPENSTACK_UNAVAILABLE',
    'The service behind the proxy is too slow: look at its load and at what it waits for.',
  ],
};

/** The error for a status. */
export function httpError(facts: HttpErrorFacts): HttpError {
  const kind = kinds[facts.status];
  if (kind !== undefined) return new kind[0](facts, kind[1], kind[2]);
  if (facts.status >= 500) {
    return new InternalError(
      facts,
      'WB_OPENSTACK_INTERNAL',
      'The service failed: its log has a traceback under the request id.',
    );
  }
  if (facts.status >= 300 && facts.status < 400) {
    return new HttpError(
      facts,
      'WB_OPENSTACK_HTTP',
      'Redirects are not followed: put the final address into the catalogue or the endpoint override.',
    );
  }
  return new HttpError(facts);
}
