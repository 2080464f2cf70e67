import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { IniDocument, type ConfigChain, type ServiceProcess } from '@whitebox/ini';
import { nameOf, obstacle, type OptionChange } from './asked.js';
import { hostPathOf, insidePathOf } from './config-places.js';
import { isContained, loadChain, sourceView, type HostFiles } from './config-view.js';
import { ServiceError } from './errors.js';
import type { ValueChange } from './kernel-values.js';
import { missing } from './restart.js';
import type { ReadyProbe, Service, ServiceSnapshot } from './service.js';
import { expectedProcess, readProcess, type ProcessFacts } from './service-process.js';

/** A service and what its options shall be. */
export interface ChangeTarget {
  readonly service: Service;
  readonly changes: readonly OptionChange[];
  /** Other files that it reads when it starts; it is restarted for them. */
  readonly files?: readonly FileChange[] | undefined;
  /** Whether it serves after a restart; asked after giving back as well. */
  readonly ready?: ReadyProbe | undefined;
}

/** What shall be otherwise on a host and is read by no service that has to be restarted for it. */
export interface HostTarget {
  readonly host: Host;
  readonly files?: readonly FileChange[] | undefined;
  readonly values?: readonly ValueChange[] | undefined;
}

/** A whole file. Missing directories above it are made, and removed again. */
export interface FileChange {
  /** On the host. */
  readonly path: string;
  /** Its content, or what makes it of the one that is there; null takes it away. */
  readonly content: string | null | ((now: string | undefined) => string | null);
}

export interface PlannedTarget extends ChangeTarget {
  readonly before: ServiceSnapshot;
  /** Whether it ran, so that it has to run again. */
  readonly ran: boolean;
  readonly process: ServiceProcess;
  /** Files on the host that it reads. */
  readonly reads: readonly string[];
}

/** Puts the changes into the planned texts of the host's files; nothing is written. */
export async function planTarget(
  files: HostFiles,
  target: ChangeTarget,
  limits: Limits,
): Promise<PlannedTarget> {
  const { service, changes, files: others = [] } = target;
  const before = await service.snapshot(limits);
  if (before.state === 'missing') throw missing(service, 'change options of');
  const running =
    before.mainPid === undefined ? undefined : await readProcess(service, before.mainPid, limits);
  const process = running ?? expectedProcess(service) ?? processOfFile(service);
  const view = sourceView(service, running?.pid);
  for (const file of others) await planFile(files, file);
  for (const change of changes) {
    const chain = await loadChain(files, view, process);
    if (obstacle(chain, running, change) !== undefined) await planChange(files, service, chain, change);
  }
  const chain = await loadChain(files, view, process);
  for (const change of changes) checkOutcome(service, chain, running, change);
  const reads = [
    ...chain.documents.flatMap(({ file }) => (file === undefined ? [] : (view(file) ?? []))),
    ...others.map(({ path }) => path),
  ];
  const ran = ['running', 'starting', 'restarting'].includes(before.state);
  return { ...target, before, ran, process, reads };
}

/** Puts a whole file into the planned files of the host; nothing is written. */
export async function planFile(files: HostFiles, { path, content }: FileChange): Promise<void> {
  const bytes = await files.planned(path);
  const wanted =
    typeof content === 'function'
      ? content(bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'))
      : content;
  files.plan(path, wanted === null ? undefined : Buffer.from(wanted));
}

async function planChange(
  files: HostFiles,
  service: Service,
  chain: ConfigChain,
  change: OptionChange,
): Promise<void> {
  const { section, option } = change;
  const values =
    change.value === null ? [] : typeof change.value === 'string' ? [change.value] : change.value;
  const places = placesOf(service, chain, change);
  for (const path of places) {
    const hostPath = hostPathOf(service.config, path, isContained(service));
    if (hostPath === undefined) {
      throw notEditable(service, change, `${path} is a file of the container itself, lost at its next start`);
    }
    const bytes = await files.planned(hostPath);
    const text = Buffer.from(bytes ?? []).toString('utf8');
    if (bytes !== undefined && !Buffer.from(text).equals(bytes)) {
      throw notEditable(service, change, `${hostPath} is not UTF-8 throughout`);
    }
    const document = IniDocument.parse(text, { file: hostPath });
    // Values of a repeated option add up, so that the other files that set it have to lose it.
    document.set(section, option, path === places.at(-1) ? values : []);
    files.plan(hostPath, Buffer.from(document.toString()));
  }
}

/** Files, as the process sees them, in which the change is to be made. */
function placesOf(service: Service, chain: ConfigChain, change: OptionChange): readonly string[] {
  const { file, dropInName } = service.config;
  if (file !== undefined) return [insidePathOf(service.config, file)];
  const repeated = typeof change.value !== 'string';
  const unset = repeated && (change.value ?? []).length === 0;
  const request = { change: unset ? 'unset' : 'set', multi: repeated, dropInName } as const;
  const placement = chain.placement(change.section, change.option, request);
  if (placement !== undefined) return placement.files;
  throw notEditable(service, change, 'it reads no configuration file at all');
}

function checkOutcome(
  service: Service,
  chain: ConfigChain,
  process: ProcessFacts | undefined,
  change: OptionChange,
): void {
  const problem = obstacle(chain, process, change);
  if (problem === undefined) return;
  const { file } = service.config;
  const read = chain.documents.map((document) => document.file ?? '');
  const unread =
    file !== undefined && !read.includes(insidePathOf(service.config, file))
      ? `; ${file} is not among the files that it reads: ${read.join(', ')}`
      : '';
  throw new ServiceError({
    code: 'WB_SERVICES_OVERRIDDEN',
    action: `change ${nameOf(change)} of ${service.name}`,
    host: service.host.name,
    observed: `after the change it would still not be in force: ${problem}${unread}`,
    advice:
      file === undefined
        ? 'Nothing was changed. Remove what overrides it, or leave the option as it is.'
        : `Nothing was changed. Leave out the path ${file}, so that Whitebox finds the file that wins, or name that file.`,
  });
}

/** Of a service that does not run and of which only the file is known. */
function processOfFile(service: Service): ServiceProcess {
  const { file } = service.config;
  if (file !== undefined) {
    const argv = [service.name, '--config-file', insidePathOf(service.config, file)];
    return { argv, prog: service.name, project: service.name };
  }
  throw new ServiceError({
    code: 'WB_SERVICES_NO_CONFIG',
    action: `find the configuration of ${service.name}`,
    host: service.host.name,
    observed: 'it does not run, and nothing tells which files it reads when it does',
    advice: 'Start it first, or say its program or command line (config: { program: "nova-compute" }).',
  });
}

function notEditable(service: Service, change: OptionChange, observed: string): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_EDITABLE',
    action: `change ${nameOf(change)} of ${service.name}`,
    host: service.host.name,
    observed,
    advice: 'Nothing was changed. Say where its files come from (config: { sources: { inside: outside } }).',
  });
}
