/** Something else than a command that an audit may ask for. */
export interface AllowedRead {
  readonly what: string;
  readonly pattern: RegExp;
}

/** Files that are read as root of a machine, byte by byte. */
export const allowedFiles: readonly AllowedRead[] = [
  {
    what: 'command line, environment and children of a service of Nova: which files it has read, and what beats them',
    pattern: /^\/proc\/\d+\/(?:cmdline|environ|task\/\d+\/children)$/,
  },
  {
    what: 'files of configuration that such a process names, as it sees them',
    pattern: /^(?:\/proc\/\d+\/root)?\/(?:[^/\0]+\/)*[^/\0]+\.conf$/,
  },
  {
    what: 'the authorities that the URL of a database names',
    pattern: /^\/(?:[^/\0]+\/)*[^/\0]+\.(?:pem|crt|cert|cer)$/,
  },
];

const tables = [
  'block_device_mapping',
  'cell_mappings',
  'compute_nodes',
  'host_mappings',
  'instance_extra',
  'instance_mappings',
  'instance_system_metadata',
  'instances',
  'migrations',
  'pci_devices',
  'request_specs',
  'services',
] as const;

const columns = '`\\w+`(?:, `\\w+`)*';

/** Statements; values are parameters, sent apart from the text. */
export const allowedStatements: readonly AllowedRead[] = [
  ...tables.map((table) => ({
    what: `SELECT ... FROM ${table}`,
    // Never FOR UPDATE, INTO or a call of a function: nothing follows the order, and conditions name only columns and tables.
    pattern: new RegExp(`^SELECT ${columns} FROM \`${table}\` WHERE [\\w\\s\`=<>(),.?!]* ORDER BY id$`),
  })),
  {
    what: 'SELECT column_name FROM information_schema.columns: which columns this release has',
    pattern:
      /^SELECT column_name AS name FROM information_schema\.columns\s+WHERE table_schema = DATABASE\(\) AND table_name = \?$/,
  },
  {
    what: 'SELECT table_schema FROM information_schema.tables: which database is that of the API',
    pattern:
      /^SELECT table_schema AS name FROM information_schema\.tables WHERE table_name IN \('cell_mappings', 'instance_mappings'\) GROUP BY table_schema HAVING COUNT\(\*\) = 2 ORDER BY table_schema$/,
  },
  {
    what: 'SELECT schema_name FROM information_schema.schemata: whether a server has the database of a cell',
    pattern: /^SELECT schema_name AS name FROM information_schema\.schemata WHERE schema_name = \?$/,
  },
];

const id = '[\\w-]+';

/** Requests by method, and path without the part that the catalogue gives. */
export const allowedRequests: readonly AllowedRead[] = [
  { what: 'POST /v3/auth/tokens: logs in', pattern: /^POST .*\/v3\/auth\/tokens$/ },
  { what: 'GET /: the versions of an API', pattern: /^GET \S*\/(?:v\d[\d.]*\/?|placement\/?)?$/ },
  { what: 'GET /os-services', pattern: /^GET \S*\/os-services$/ },
  {
    what: 'GET /resource_providers?in_tree=PROVIDER',
    pattern: new RegExp(`^GET \\S*/resource_providers\\?in_tree=${id}$`),
  },
  {
    what: 'GET /resource_providers/PROVIDER/inventories, traits, allocations',
    pattern: new RegExp(`^GET \\S*/resource_providers/${id}/(?:inventories|traits|allocations)$`),
  },
  { what: 'GET /allocations/CONSUMER', pattern: new RegExp(`^GET \\S*/allocations/${id}$`) },
  {
    what: 'GET /ports?device_id=SERVER&...',
    pattern: new RegExp(
      `^GET \\S*/ports\\?device_id=${id}(?:&device_id=${id})*(?:&marker=${id}|&limit=\\d+)*$`,
    ),
  },
  {
    what: 'GET /attachments?all_tenants=True&instance_id=SERVER: which volumes Cinder holds for it, not how they are reached',
    pattern: new RegExp(
      `^GET \\S*/attachments\\?all_tenants=True&instance_id=${id}(?:&marker=${id}|&limit=\\d+)*$`,
    ),
  },
  {
    what: 'GET /v1/secrets/SECRET: whether the key manager has the secret of a vTPM, never what it is',
    pattern: new RegExp(`^GET \\S*/v1/secrets/${id}$`),
  },
];
