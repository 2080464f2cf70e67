import type { RequestRecord } from '@whitebox/openstack';
import { record } from './current-recorder.js';

/** Keeps a request to the API for the case that makes it. */
export function recordRequest({ method, url, status, requestId, milliseconds }: RequestRecord): void {
  const { host, pathname, search } = new URL(url, 'http://unknown');
  record(() => ({
    kind: 'request',
    where: host,
    what: `${method} ${pathname}${search}`,
    outcome: status === undefined ? 'no answer' : String(status),
    failed: status === undefined || status >= 400,
    requestId,
    ms: milliseconds,
  }));
}
