import { HostError } from '@whitebox/host';
import type { Target } from './target.js';

/** @param closed here, not by the server or the network */
export function connectionLost({ name, address, port }: Target, closed: boolean, cause?: Error): HostError {
  return new HostError({
    code: 'WB_HOST_CONNECTION_LOST',
    action: `use the SSH connection to ${address}:${String(port)}`,
    host: name,
    observed: closed
      ? 'the connection was closed here'
      : `the connection is lost: ${cause?.message ?? 'the server closed it'}`,
    advice: closed
      ? 'Use the host only before it is disposed of.'
      : 'What ran may still run there. Nothing is connected again behind your back: connect anew with SshHost.connect.',
    cause,
  });
}

/** Of one program: the connection still stands. */
export function cutOff({ name }: Target): HostError {
  return new HostError({
    code: 'WB_HOST_CONNECTION_LOST',
    action: 'run a program',
    host: name,
    observed: 'the server closed the channel without telling how the program ended',
    advice: 'Look at the log of sshd on that machine (journalctl -u ssh).',
  });
}
