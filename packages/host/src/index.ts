export type { Completed, Endpoint, ExecOptions, Host, Limited, ReplaceOptions } from './host.js';
