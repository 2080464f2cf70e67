export type { FoundDeployment, FoundService } from './discovery/found-deployment.js';
export { expect, test } from './vitest-adapter.js';
export { waitUntil } from '@whitebox/core';
export { dedicated, shared, type FlavorSpec } from './flavors.js';
export {
  computes,
  differentSharedSets,
  disjointDedicatedSets,
  feature,
  freeDedicatedCpus,
  freeDedicatedCpusWithoutSmt,
  freeSmtCores,
  idleDedicatedCell,
  microversion,
  sharedCpus,
  type Discovered,
  type Missing,
  type Need,
} from './needs.js';
export { freeDedicated, freeThreadedCores, type CellCapacity, type HostCapacity } from './capacity.js';
export { rbdDownload } from './rbd-needs.js';
export { blockStorage, roomForDisks } from './storage-needs.js';
export {
  encryptedConsoles,
  encryptedVolumes,
  imageFormat,
  keyManager,
  securityModel,
} from './security-needs.js';
export { display } from './config-needs.js';
export { configurableApi } from './nova-api.js';
export { customCpuModel, hypervEnlightenments, kvm } from './hypervisor-needs.js';
export {
  freePassthroughDevices,
  freePersistentMemory,
  freePortDevices,
  freeVirtualGpus,
  isFor,
  type DevicesWanted,
  type PortKind,
} from './devices/device-needs.js';
export type { DevicePlacement, GuestMdev, GuestNvdimm, GuestPort } from './devices/device-placement.js';
export { readHostDevices, type HostDevices, type HostGpu, type HostPool } from './devices/host-devices.js';
export { collectCases, tryCase, type RegisteredCase } from './collect-cases.js';
export { numaCells, type CellsWanted } from './cell-needs.js';
export type { CaseBody, CaseConfiguration, CaseFixtures, CaseOptions } from './run-case.js';
export type { Cloud } from './cloud.js';
export type { BootOptions, ImageContent, ImageOptions, VolumeOptions } from './case-resources.js';
export { waitForVolume } from './server-attachments.js';
export type { StoppedService } from './stop-service.js';
export type { ComputeHost } from './compute-host.js';
export type { CpuPlacement } from './cpu-placement.js';
export type { CellMemory, MemoryPlacement } from './memory-placement.js';
export type { Cpus } from './matchers.js';
export type { CaseDescription } from './case-description.js';
export type { InvariantEvidence } from './invariants/evidence.js';
export type { KnownBug } from './release-knowledge.js';
export type { Release } from './release.js';
export { expectEncryptedConsole } from './encrypted-console.js';
export { expectToSay } from './console.js';
export { computeIdentity, identityDifferences, type ComputeIdentity } from './compute-identity.js';
export { expectEncrypted, expectPlain } from './encrypted-volume.js';
export { expectBios, expectUefi, secureBoot, uefi, uefiVariables } from './firmware.js';
export { expectLabels, type SecurityModel } from './security-labels.js';
export { expectVtpm, tpmState, withTpm, type SecretSecurity, type TpmModel } from './vtpm.js';
export { expectDisksOpen } from './disk-files.js';
export { memoryFilesOf } from './memory-files.js';
export { expectVolumes } from './volume-layers.js';
export {
  claimedCpus,
  heldOn,
  waitUntilGivenBack,
  waitUntilHeld,
  type HeldResources,
} from './held-resources.js';
export { allocatedByHost, offeredBy, type Amounts } from './placed-resources.js';
export type { TestServer } from './test-server.js';
export type { Observer, Step, StepKind } from './observer.js';
export { CloudConnection } from './cloud-connection.js';
export { CloudSession } from './session.js';
export { discoverOptions, type DiscoveredOptions, type FoundCloud } from './discover-options.js';
export type { FoundCell, FoundCpuSet, FoundHost } from './discovery/found-host.js';
export { writeOptions, type WriteOptionsOptions } from './discovery/write-options.js';
export type { WrittenOption } from './discovery/options-file.js';
export { alignRows } from './align-rows.js';
export { showValue, type KnownOption, type OptionFinder } from './discovery/option-finder.js';
export { giveBackRun } from './give-back-run.js';
export { recoverHosts, type RecoveredHosts, type RecoverHostsOptions } from './recover-hosts.js';
export { checks } from './doctor/checks.js';
export type { Check, Finding, Verdict } from './doctor/check.js';
export { judgeNeeds, needsCode, needsTitle, type CaseNeeds } from './doctor/judge-needs.js';
export { openSite, type OpenSite } from './doctor/real-site.js';
export { runChecks, type CheckResult } from './doctor/run-checks.js';
export type { Site } from './doctor/site.js';
export type { UnmetNeed } from './doctor/unmet-needs.js';
export { preflight, type Preflight } from './preflight.js';
export type { CloudReference, ParallelRun, RunContext } from './run-context.js';
export type { Claim } from './scheduling/claim.js';
export {
  liveRuns,
  openRuns,
  RunState,
  type LiveRun,
  type OpenRun,
  type RecordedResource,
  type ResourceKind,
} from './run-state.js';
export { TestkitError } from './errors.js';
export type { CaseRecording } from './recording/model.js';
export { auditCloud, type AuditCloudOptions, type CloudAudit } from './audit/audit-cloud.js';
export type { AuditProgress } from './audit/audit.js';
export { listInvariants, type ListedInvariant } from './audit/list-invariants.js';
export type { AuditFinding, AuditResults, NotRead } from './audit/results.js';
export type { Sent } from './audit/sent.js';
