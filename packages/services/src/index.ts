export type {
  FileMark,
  LogLine,
  LogMark,
  MaskOptions,
  ReadyProbe,
  Restarted,
  RestartOptions,
  Service,
  ServiceSnapshot,
  ServiceState,
  ServiceStatus,
  UnitSnapshot,
} from './service.js';
export type {
  CommandReference,
  ContainerReference,
  ServiceReference,
  SystemdReference,
} from './reference.js';
export type { ConfigPlaces } from './config-places.js';
export { SystemdService } from './systemd-service.js';
export { ContainerService } from './container-service.js';
export { CommandService } from './command-service.js';
export { openService } from './open-service.js';
export { FileLog, type FileLogText } from './file-log.js';
export { heartbeatProbe, isLaterHeartbeat, parseNovaTime, type Heartbeat } from './heartbeat.js';
export { ServiceError, type ServiceErrorCode } from './errors.js';
