import { keystonePasswordHash, mariadbPasswordHash } from './hashes.js';
import { optionalServices, type OptionalService } from './optional-services.js';
import { databaseUsers, keystoneUsers, type LabSecrets } from './secrets.js';

/** Types in the catalogue, as files/golden/catalogue.py makes them. */
const serviceTypes: Readonly<Record<OptionalService, string>> = { volumes: 'volumev3', keys: 'key-manager' };

/**
 * What MariaDB executes before it takes its first connection: every password of the golden databases is replaced by this
 * lab's, and the addresses in the catalogue become the lab's. One statement per line, as `init-file` wants it. Passwords
 * are hashes in here, but for those that Nova keeps in clear in its table of cells. Services that this lab does not run
 * are taken out of the catalogue.
 */
export function firstStartSql(
  secrets: LabSecrets,
  controllerAddress: string,
  services: readonly OptionalService[],
): string {
  const cell = (database: string) =>
    `mysql+pymysql://nova:${secrets.database.nova}@controller/${database}?charset=utf8`;
  return [
    ...databaseUsers.map(
      (user) =>
        `ALTER USER '${user}'@'%' IDENTIFIED BY PASSWORD '${mariadbPasswordHash(secrets.database[user])}';`,
    ),
    ...keystoneUsers.map(
      (user) =>
        `UPDATE keystone.password p JOIN keystone.local_user u ON p.local_user_id = u.id ` +
        `SET p.password_hash = '${keystonePasswordHash(secrets.keystone[user])}' WHERE u.name = '${user}';`,
    ),
    `UPDATE keystone.endpoint SET url = REPLACE(url, '//controller:', '//${controllerAddress}:');`,
    `UPDATE nova_api.cell_mappings SET database_connection = '${cell('nova_cell0')}' WHERE name = 'cell0';`,
    `UPDATE nova_api.cell_mappings SET database_connection = '${cell('nova_cell1')}', ` +
      `transport_url = 'rabbit://openstack:${secrets.rabbitmq}@controller:5672/' WHERE name = 'cell1';`,
    ...optionalServices
      .filter((name) => !services.includes(name))
      .map((name) => `UPDATE keystone.service SET enabled = 0 WHERE type = '${serviceTypes[name]}';`),
    '',
  ].join('\n');
}
