import { asRoot, batched, quoteArgv } from '@whitebox/host';
import { Database, identifier, list, sql } from '@whitebox/db';

/** @typedef {import('../lab/src/description.js').LabDescription} LabDescription */
/** @typedef {import('./answers.js').RecordedCommand} RecordedCommand */
/** @typedef {import('./api-server.js').RecordedRequest} RecordedRequest */

/** Answers for a host by asking the real one, and keeps what it says. */
export class HostRecorder {
  /** @type {Map<string, RecordedCommand>} */
  commands = new Map();
  #machine;
  #pending = 0;

  /** @param {import('@whitebox/ssh').SshHost} machine */
  constructor(machine) {
    // What is asked for at the same time is asked there in one, as the audit itself does.
    this.#machine = batched(asRoot(machine));
  }

  /** @param {readonly string[]} argv @returns {Promise<import('./answers.js').Answer>} */
  async answer(argv) {
    this.#pending += 1;
    const together = this.#pending;
    const started = performance.now();
    /** @type {Uint8Array[]} */
    const stdout = [];
    /** @type {Uint8Array[]} */
    const stderr = [];
    const { exitCode } = await this.#machine.exec(argv, {
      collect: false,
      onStdout: (chunk) => void stdout.push(chunk),
      onStderr: (chunk) => void stderr.push(chunk),
    });
    // Of those that were asked in one each gets its share.
    const among = Math.max(together, this.#pending);
    this.#pending -= 1;
    const milliseconds = Math.round((performance.now() - started) / among);
    const answer = {
      exitCode: exitCode ?? 1,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
      milliseconds,
    };
    const command = quoteArgv(argv);
    // It took that long already.
    const now = { ...answer, milliseconds: 0 };
    this.commands.set(command, {
      command,
      ...answer,
      stdout: answer.stdout.toString(),
      stderr: answer.stderr.toString(),
    });
    return now;
  }
}

/** Passes requests on to the real APIs and keeps what they answer; the catalogue leads to itself. */
export class ApiRecorder {
  /** @type {Map<string, RecordedRequest>} */
  requests = new Map();
  /** First part of the path -> where it leads. @type {Map<string, string>} */
  #services = new Map();
  /** Where this one listens. */
  address = '';

  /** @param {string} authUrl */
  constructor(authUrl) {
    this.#services.set('identity', new URL(authUrl).origin);
  }

  /** @type {import('./api-server.js').Serving} */
  serve = async (method, path, headers, body) => {
    const [, service = '', rest = ''] = /^\/([a-z-]+)(.*)$/.exec(path) ?? [];
    const started = performance.now();
    const passed = Object.entries(headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    );
    const answer = await fetch(`${this.#services.get(service) ?? ''}${rest}`, {
      method,
      headers: passed,
      ...(body === '' ? {} : { body }),
    });
    const text = await answer.text();
    const kept = [
      'content-type',
      'openstack-api-version',
      'x-openstack-nova-api-version',
      'x-subject-token',
      'vary',
    ];
    const recorded = {
      request: `${method} ${path}`,
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => kept.includes(name))),
      body: this.#throughHere(text),
      milliseconds: Math.round(performance.now() - started),
    };
    this.requests.set(recorded.request, recorded);
    return recorded;
  };

  /** @param {string} text */
  #throughHere(text) {
    const token = /** @type {{ token?: { catalog?: Service[] } }} */ (JSON.parse(text === '' ? '{}' : text));
    const { catalog } = token.token ?? {};
    if (catalog === undefined) return text;
    for (const { type, endpoints } of catalog) {
      for (const endpoint of endpoints) {
        const { origin, pathname } = new URL(endpoint.url);
        this.#services.set(type, origin);
        endpoint.url = `${this.address}/${type}${pathname.replace(/\/$/, '')}`;
      }
    }
    return JSON.stringify(token);
  }
}

/** @typedef {{ type: string, endpoints: { url: string }[] }} Service */

/** Table -> its rows, values as a database would take them in a text. @typedef {Record<string, Record<string, string | number | null>[]>} RecordedRows */

/**
 * The rows of everything that is about a host.
 * @param {import('@whitebox/db').DatabaseOptions} server
 * @param {string} host
 * @returns {Promise<{ api: RecordedRows, cell: RecordedRows }>}
 */
export async function recordRows(server, host) {
  const cell = await Database.connect({ ...server, database: 'nova_cell1' });
  const api = await Database.connect({ ...server, database: 'nova_api' });
  try {
    return await readRows(cell, api, host);
  } finally {
    await Promise.all([cell.close(), api.close()]);
  }
}

/** @param {Database} cell @param {Database} api @param {string} host */
async function readRows(cell, api, host) {
  const here = sql`SELECT uuid FROM instances WHERE deleted = 0 AND host = ${host}`;
  const uuids = (await cell.query(here)).map(({ uuid }) => String(uuid));
  /** @param {Database} database @param {string} table @param {import('@whitebox/db').Sql} where */
  const rows = async (database, table, where) =>
    (await database.query(sql`SELECT * FROM ${identifier(table)} WHERE ${where}`)).map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(table, column, value)])),
    );
  const ofServers = sql`instance_uuid IN (${list(uuids)})`;
  const live = sql`deleted = 0 AND ${ofServers}`;
  const nodes = sql`deleted = 0 AND host = ${host}`;
  return {
    cell: {
      services: await rows(cell, 'services', sql`${nodes} AND \`binary\` = 'nova-compute'`),
      compute_nodes: await rows(cell, 'compute_nodes', nodes),
      instances: await rows(cell, 'instances', nodes),
      instance_extra: await rows(cell, 'instance_extra', live),
      instance_system_metadata: await rows(cell, 'instance_system_metadata', live),
      block_device_mapping: await rows(cell, 'block_device_mapping', live),
      migrations: await rows(cell, 'migrations', live),
      pci_devices: await rows(
        cell,
        'pci_devices',
        sql`deleted = 0 AND compute_node_id IN (SELECT id FROM compute_nodes WHERE ${nodes})`,
      ),
    },
    api: {
      host_mappings: await rows(api, 'host_mappings', sql`host = ${host}`),
      instance_mappings: await rows(api, 'instance_mappings', ofServers),
      request_specs: await rows(api, 'request_specs', ofServers),
    },
  };
}

/** What nobody needs for an audit, and might be a secret. */
const leftOut = new Set(['user_data', 'key_data', 'key_name', 'hidden_password']);

/** @param {string} table @param {string} column @param {unknown} value @returns {string | number | null} */
function plain(table, column, value) {
  if (value === null || leftOut.has(column)) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value !== 'string') throw new Error(`${table}.${column} is no text`);
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T([\d:.]+)Z$/.exec(value) ?? [];
  return date === undefined || time === undefined ? value : `${date} ${time}`;
}
