import type { ConfigPlaces } from './config-places.js';

interface CommonReference {
  /** For people; default: the unit's or container's name. */
  readonly name?: string | undefined;
  readonly config?: ConfigPlaces | undefined;
  /** Log files on the host, beside the journal. */
  readonly logFiles?: readonly string[] | undefined;
}

export interface SystemdReference extends CommonReference {
  readonly kind: 'systemd';
  /** "nova-compute.service"; the suffix may be left out. */
  readonly unit: string;
  /** Units that can activate it. Default: those that systemd names in `TriggeredBy`. */
  readonly activators?: readonly string[] | undefined;
}

export interface ContainerReference extends CommonReference {
  readonly kind: 'container';
  readonly runtime: 'podman' | 'docker';
  readonly container: string;
  /** The systemd unit that runs the container; absent when the runtime itself is told. */
  readonly unit?: string | undefined;
}

/** A service as the predecessor's nodes.yaml describes it; what is said here wins over everything that is known. */
export interface CommandReference extends CommonReference {
  readonly kind: 'command';
  readonly name: string;
  /** The unit that tells how the service does. Found in `systemctl ... UNIT` of a command when absent. */
  readonly unit?: string | undefined;
  readonly containerName?: string | undefined;
  /** Default "podman". */
  readonly containerRuntime?: 'podman' | 'docker' | undefined;
  /** Command lines for a shell, as written in nodes.yaml. */
  readonly startCommand?: string | undefined;
  readonly stopCommand?: string | undefined;
  readonly maskCommand?: string | undefined;
  readonly unmaskCommand?: string | undefined;
  readonly configPath?: string | undefined;
}

/** What a service is, as plain data: enough to make the {@link Service} again in another process. */
export type ServiceReference = SystemdReference | ContainerReference | CommandReference;
