export { type DatabaseOptions, type TlsOptions } from './connect-options.js';
export { Database } from './database.js';
export { type Change } from './results.js';
export { type Queryable, type Transaction } from './transaction.js';
export { type Dialer } from './direct.js';
export { DatabaseError, type DatabaseErrorCode } from './errors.js';
export { all, identifier, list, sql, type Sql } from './sql.js';
export { type Row, type SqlResultValue, type SqlValue } from './sql-value.js';
