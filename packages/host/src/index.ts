export type {
  Completed,
  Endpoint,
  ExecOptions,
  Host,
  Limited,
  OutputListener,
  ReplaceOptions,
} from './host.js';
export { CommandFailedError, HostError, type HostErrorCode } from './errors.js';
export { quoteArgv } from './quote.js';
export { run, runText } from './run.js';
