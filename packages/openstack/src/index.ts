export { OpenStack } from './openstack.js';
export { credentialsFromCloudsYaml, type CloudsYamlOptions } from './clouds-yaml.js';
export { credentialsFromEnvironment } from './auth/environment.js';
export { credentialsFromTempest, type TempestOptions } from './auth/tempest.js';
export type {
  Credentials,
  DomainReference,
  EndpointInterface,
  OwnedReference,
  Proof,
  Scope,
  TlsFiles,
} from './auth/credentials.js';
export { Secret } from '@whitebox/core';
export type { Token } from './auth/identity.js';
export type { CatalogEndpoint, CatalogEntry, ServiceType } from './catalog.js';
export type { Session, SessionOptions } from './session.js';
export type { CallOptions, ServiceCall, ServiceClient } from './service-client.js';
export type { HttpAnswer, HttpRequest, RequestRecord } from './http/http-client.js';
export { compareMicroversions, type MicroversionRange } from './microversion.js';
export { novaRelease, type NovaRelease } from './nova-release.js';
export type { Fields, JsonObject } from './json.js';

export {
  BadAnswerError,
  ConnectionError,
  CredentialsError,
  MicroversionError,
  NameError,
  NoServiceError,
  OpenStackError,
} from './errors.js';
export {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  HttpError,
  InternalError,
  NotFoundError,
  OverLimitError,
  UnauthorizedError,
  UnavailableError,
} from './http/http-error.js';
export { ResourceStateError, ServerStateError } from './wait/state-error.js';

export type { Compute } from './compute/compute.js';
export type { Aggregate, Aggregates } from './compute/aggregates.js';
export type { Flavor, Flavors, NewFlavor } from './compute/flavors.js';
export type { Hypervisor, HypervisorDetail, Hypervisors } from './compute/hypervisors.js';
export type {
  InstanceAction,
  InstanceActionDetail,
  InstanceActionEvent,
  InstanceActions,
} from './compute/instance-actions.js';
export type { Keypair, Keypairs } from './compute/keypairs.js';
export type { Migration, MigrationFilter, Migrations, MigrationType } from './compute/migrations.js';
export type { NewBlockDevice, NewServer, NewServerNetwork, SchedulerHints } from './compute/new-server.js';
export type { Server, ServerAddress, ServerFault, ServerFlavor, ServerStatus } from './compute/server.js';
export type { LiveMigration, Receipt, ServerFilter, Servers } from './compute/servers.js';
export type { ComputeService, ComputeServices } from './compute/services.js';
export type {
  Allocation,
  Inventory,
  Placement,
  ProviderFilter,
  ResourceProvider,
  Resources,
} from './placement/placement.js';
export type { Image, ImageData, Images, NewImage } from './image/images.js';
export type { Network, NetworkAgent, NetworkRecord, NewPort, Port, Subnet } from './network/network.js';
export type { NewVolume, ServerAttachment, Volume, VolumeAttachment, Volumes } from './volume/volumes.js';
export type {
  NewVolumeEncryption,
  VolumeEncryption,
  VolumeType,
  VolumeTypes,
} from './volume/volume-types.js';
export type { Keys, KeySecret } from './key-manager/keys.js';
export type { Moved, ServerActions } from './actions/server-actions.js';
export type { MigrationWait } from './wait/wait-for-migration.js';
export type { PortWait } from './wait/wait-for-port.js';
export type { ServerWait } from './wait/server-watcher.js';
export type { ServerGoal } from './wait/wait-for-server.js';
