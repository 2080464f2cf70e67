import type { Check } from './check.js';
import { clockSkew } from './checks/clock-skew.js';
import { cloudLogin } from './checks/cloud-login.js';
import { configuration } from './checks/configuration.js';
import { database } from './checks/database.js';
import { declared } from './checks/declared.js';
import { diskSpace } from './checks/disk-space.js';
import { endpoints } from './checks/endpoints.js';
import { freeCapacity } from './checks/free-capacity.js';
import { leftovers } from './checks/leftovers.js';
import { microversions } from './checks/microversions.js';
import { nodeVersion } from './checks/node-version.js';
import { novaServices } from './checks/nova-services.js';
import { ssh } from './checks/ssh.js';
import { sshSessions } from './checks/ssh-sessions.js';
import { sudo } from './checks/sudo.js';
import { tools } from './checks/tools.js';
import { versions } from './checks/versions.js';

/** In the order in which they are shown: what others rest on comes first. */
export const checks: readonly Check[] = [
  nodeVersion,
  configuration,
  cloudLogin,
  endpoints,
  microversions,
  novaServices,
  ssh,
  sshSessions,
  sudo,
  tools,
  database,
  clockSkew,
  versions,
  freeCapacity,
  diskSpace,
  leftovers,
  declared,
];
