import { HostError } from './errors.js';
import type { Endpoint } from './host.js';

export function endpointName(endpoint: Endpoint): string {
  if ('socketPath' in endpoint) return endpoint.socketPath;
  const { address, port } = endpoint;
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

export function dialError(host: string, endpoint: Endpoint, observed: string, cause?: unknown): HostError {
  return new HostError({
    code: 'WB_HOST_DIAL_FAILED',
    action: `connect to ${endpointName(endpoint)}`,
    host,
    observed,
    advice:
      'socketPath' in endpoint
        ? 'Check on that machine that something listens there (ss -xl) and that the user of this host may use the socket.'
        : 'Check on that machine that something listens there (ss -tln) and that forwarding to it is allowed.',
    cause,
  });
}
