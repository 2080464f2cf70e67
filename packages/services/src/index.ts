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
  StartOptions,
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
export { runningConfig, type RunningConfig, type ValueInForce } from './running-config.js';
export { changeOptions, type ChangeOptionsOptions } from './change-options.js';
export type { Change } from './transaction.js';
export type { ChangeTarget, FileChange, HostTarget } from './plan-changes.js';
export type { ValueChange } from './kernel-values.js';
export type { OptionChange } from './asked.js';
export { placeFile, type PlacedFile, type PlaceFileOptions } from './place-file.js';
export { stopped, type StoppedOptions } from './stopped.js';
export { giveBackOnExit, type EndingProgram, type GiveBackOnExitOptions } from './give-back-on-exit.js';
export { giveBack, giveBackAll, type GiveBackOptions, type GivenBack } from './give-back.js';
export {
  MemoryJournal,
  type FileEntry,
  type HostEntry,
  type Journal,
  type JournalEntry,
  type SavedFile,
  type ServiceEntry,
  type ValueEntry,
} from './journal.js';
export { JournalDirectory } from './journal-directory.js';
export { HostJournal } from './host-journal.js';
export type { Hold, Holder } from './host-records.js';
export {
  describeHostChanges,
  giveBackHostChanges,
  readHostChanges,
  type GiveBackHostsOptions,
  type HeldHosts,
  type HostChanges,
} from './host-changes.js';
export { isRunning, thisProcessIdentity, type ProcessIdentity } from './process-identity.js';
export { detectDeployment, type Deployment, type DeploymentOverrides } from './deployment.js';
export { flavours, type Flavour, type FlavourName, type ServiceRecipe } from './flavours.js';

// For those who let nothing pass that does not only look.
export { hostProbeScript, probedPaths } from './host-probe.js';
export { unitProperties } from './units.js';
