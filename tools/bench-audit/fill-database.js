import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/repository.js';
import { idsPerHost, rowId } from './host-names.js';
import { reader } from './mariadb.js';

/** Columns that hold ids of rows of this host in another table. @type {Readonly<Record<string, readonly string[]>>} */
const idsOfOthers = { pci_devices: ['compute_node_id'], compute_nodes: ['service_id'] };

const cell0 = '00000000-0000-0000-0000-000000000000';

/**
 * A row as what stands behind VALUES, with markers where hosts differ.
 * @param {string} table
 * @param {Readonly<Record<string, string | number | null>>} row
 */
export function valuesOf(table, row) {
  const ids = ['id', ...(idsOfOthers[table] ?? [])];
  const values = Object.entries(row).map(([column, value]) => {
    if (value === null) return 'NULL';
    if (ids.includes(column)) return rowId(checkedId(table, Number(value)));
    return typeof value === 'number' ? String(value) : quoted(value);
  });
  return `(${values.join(',')})`;
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
}

/** @param {string} table @param {number} id */
function checkedId(table, id) {
  if (id >= idsPerHost) throw new Error(`${table} has a row ${String(id)}: record a younger lab`);
  return id;
}

/**
 * Makes Nova's databases with so many hosts.
 * @param {import('./mariadb.js').Mariadb} mariadb
 * @param {import('./recording.js').Recording} recording
 * @param {import('./host-names.js').HostNames} names
 * @param {number} hosts
 */
export async function fillDatabase(mariadb, { rows }, names, hosts) {
  const schema = JSON.parse(readFileSync(join(root, 'packages/db/testdata/schema-zed.json'), 'utf8'));
  const cell1 = String(rows.api['host_mappings']?.[0]?.['cell_id']);
  await mariadb.execute(async (write) => {
    await write('SET foreign_key_checks = 0, unique_checks = 0, sql_mode = "", autocommit = 0;\n');
    for (const [name, kind] of Object.entries({ nova_api: 'api', nova_cell0: 'cell', nova_cell1: 'cell' })) {
      await write(`CREATE DATABASE ${name} CHARACTER SET utf8mb3; USE ${name};\n`);
      for (const statement of schema[kind]) await write(`${statement};\n`);
    }
    const url = (/** @type {string} */ name) =>
      `mysql+pymysql://${reader.user}:${reader.password}@${mariadb.address}/${name}`;
    await write(
      `INSERT INTO nova_api.cell_mappings (id, uuid, name, database_connection, disabled) VALUES
       (${cell1 === '1' ? '2' : '1'}, '${cell0}', 'cell0', '${url('nova_cell0')}', 0),
       (${cell1}, '5a5a5a5a-0000-4000-8000-000000000001', 'cell1', '${url('nova_cell1')}', 0);\n`,
    );
    for (const [database, tables] of Object.entries({ nova_api: rows.api, nova_cell1: rows.cell })) {
      for (const [table, all] of Object.entries(tables)) {
        const [first] = all;
        if (first === undefined) continue;
        const columns = Object.keys(first).map((column) => `\`${column}\``);
        const into = `INSERT INTO ${database}.${table} (${columns.join(',')}) VALUES\n`;
        const template = names.template(all.map((row) => valuesOf(table, row)).join(',\n'));
        for (let number = 1; number <= hosts; number += 1) await write(`${into}${template(number)};\n`);
        await write('COMMIT;\n');
      }
    }
    await write('ANALYZE TABLE nova_cell1.instances, nova_cell1.instance_extra, nova_cell1.compute_nodes;\n');
  });
  await beat(mariadb);
}

/** Every nova-compute has been seen just now. @param {import('./mariadb.js').Mariadb} mariadb */
export async function beat(mariadb) {
  await mariadb.sql(
    'UPDATE nova_cell1.services SET last_seen_up = UTC_TIMESTAMP(), report_count = report_count + 1;',
  );
}
