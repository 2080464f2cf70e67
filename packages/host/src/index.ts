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
export { run, runText } from './run.js';
export { LocalHost } from './local-host.js';
export { asRoot } from './as-root.js';
export { batched, batchScript } from './batched.js';
export { inContainer, type ContainerOptions } from './in-container.js';

// For those who write a Host of their own.
export { quoteArgv } from './quote.js';
export { checkPath } from './argv.js';
export { Deadline } from './deadline.js';
export { supervise, type Launcher } from './supervise.js';
export { readFileByExec, replaceFileByExec } from './files-by-exec.js';
export { fileError, notAFile } from './file-errors.js';
export { dialError, endpointName } from './endpoint.js';
export { pump, type Pump } from './pump.js';
export { drained, type Draining } from './drain.js';
export { feed } from './feed.js';
