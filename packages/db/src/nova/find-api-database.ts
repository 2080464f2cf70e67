import type { DatabaseOptions } from '../connect-options.js';
import { Database } from '../database.js';
import { sql } from '../sql.js';
import { NovaDataError } from './errors.js';

/** The name of the one database of the server that has the tables of Nova's API database. */
export async function findApiDatabase(server: DatabaseOptions): Promise<string> {
  await using database = await Database.connect(server);
  // Both tables: other projects may have one of the names.
  const found = await database.query(
    sql`SELECT table_schema AS name FROM information_schema.tables
        WHERE table_name IN ('cell_mappings', 'instance_mappings')
        GROUP BY table_schema HAVING COUNT(*) = 2 ORDER BY table_schema`,
  );
  const names = found.map((row) => String(row['name']));
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw new NovaDataError({
    code: 'WB_NOVA_DB_NO_API_DATABASE',
    action: `look for Nova's API database in ${database.name}`,
    observed:
      name === undefined
        ? `no database that ${server.user} may see has a table cell_mappings`
        : `there are several: ${names.join(', ')}`,
    advice:
      name === undefined
        ? 'Check that it is the right server, and grant the account SELECT on the databases of Nova.'
        : 'Say which one with the `database` option.',
  });
}
