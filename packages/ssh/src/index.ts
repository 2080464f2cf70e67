export { SshHost } from './ssh-host.js';
export type { HostKeyPolicy, SshOptions } from './options.js';
export { SshError, type SshErrorCode } from './errors.js';
