import type { Host } from '@whitebox/host';
import { CommandService } from './command-service.js';
import { ContainerService } from './container-service.js';
import type { ServiceReference } from './reference.js';
import type { Service } from './service.js';
import { SystemdService } from './systemd-service.js';

/** The service that a reference (from a journal, a configuration or another {@link Service}) means on that host. */
export function openService(host: Host, reference: ServiceReference): Service {
  switch (reference.kind) {
    case 'systemd':
      return new SystemdService(host, reference);
    case 'container':
      return new ContainerService(host, { ...reference, name: reference.name ?? reference.container });
    case 'command':
      return new CommandService(host, reference);
  }
}
