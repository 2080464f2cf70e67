export { errorCode, WhiteboxError, type ErrorCode, type ErrorFacts } from './errors.js';
export { anySignal, limitSignal, raceSignal, sleep, type Limits } from './deadline.js';
export { onWait, WaitTimeoutError, waitUntil, type Look, type WaitOptions, type WaitRecord } from './wait.js';
export { Redactor } from './redact.js';
export { editDistance, nearestName } from './nearest-name.js';
export { CpuSet, CpuSetError, type CpuSetDialect } from './cpu-set.js';
export { Secret } from './secret.js';
