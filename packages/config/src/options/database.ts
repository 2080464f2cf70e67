import { discovered, optional, withDefault } from '../option.js';
import { int, secret, text } from '../schema.js';

const fromNovaConf =
  '[api_database]connection in force of nova-conductor, nova-scheduler or nova-api on a control host, reached through its SSH connection';

/** `[whitebox-database]` */
export const database = {
  host: discovered(
    text,
    fromNovaConf,
    undefined,
    'Address of the database server, or, with internal_ip, of the host through which it is reached by SSH.',
  ),
  internal_ip: optional(
    text,
    'Address of the database server in a network that only `host` reaches; the connection then goes through SSH to `host`.',
  ),
  user: discovered(
    text,
    fromNovaConf,
    undefined,
    'User of the database; one that may only SELECT is enough.',
  ),
  password: discovered(secret, fromNovaConf, undefined, 'Password of that user.', {
    fileOption: 'password_file',
  }),
  password_file: optional(
    text,
    'Path of a file with the password of that user, so that it need not stand here. One line end at its end is ignored.',
  ),
  nova_cell1_db_name: discovered(
    text,
    'nova_api.cell_mappings',
    'nova_cell1',
    "Name of the first cell's database.",
  ),
  ssh_gateway_port: withDefault(
    int(1, 65535),
    22,
    'Port of SSH on `host` when internal_ip is set. The predecessor took 3306 here, where no SSH server listens.',
  ),
};
