import { errorCode, type ErrorCode } from '@whitebox/core';

/** What a failure of the network means: its code, whether sending again can help, and what to do. */
export interface NetworkFailure {
  readonly code: ErrorCode;
  /** True for a connection that was refused or broke; the request itself may be fine. */
  readonly transient: boolean;
  readonly observed: string;
  readonly advice: string;
}

const unreachable = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/** Sorts an error of the transport by its code (Node's, OpenSSL's and undici's). */
export function networkFailure(error: unknown): NetworkFailure {
  const code = errorCode(error) ?? '';
  const text = error instanceof Error && error.message !== '' ? error.message : code;
  const observed = code === '' || text.includes(code) ? text : `${text} (${code})`;
  if (unreachable.has(code)) {
    return {
      code: 'WB_OPENSTACK_UNREACHABLE',
      transient: code === 'ECONNREFUSED',
      observed,
      advice:
        'Is the service up, and is the address (region, interface, endpoint override) one that this machine can reach?',
    };
  }
  if (
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)|_SSL_/.test(code)
  ) {
    return {
      code: 'WB_OPENSTACK_TLS',
      transient: false,
      observed,
      advice:
        'Name the authority that signed the certificate (cacert), or the right host name; verify: false turns the check off.',
    };
  }
  return {
    code: 'WB_OPENSTACK_CONNECTION_LOST',
    transient: true,
    observed,
    advice:
      'The connection broke before the answer was complete; whether the request was carried out is not known.',
  };
}
