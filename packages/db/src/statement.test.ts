import { describe, expect, test } from 'vitest';
import { Sql, sql } from './sql.js';
import { checkStatement } from './statement.js';

const kindOf = (text: string): string => checkStatement(Sql.make(text, [])).kind;

describe('what a statement does', () => {
  test.each([
    'SELECT 1',
    '  select * from instances',
    '/* why */ SELECT 1 -- end',
    '# why\nSELECT 1',
    '(SELECT 1) UNION (SELECT 2)',
    'SHOW PROCESSLIST',
    'SHOW CREATE TABLE instances',
    'DESCRIBE instances',
    'EXPLAIN SELECT 1',
    'WITH t AS (SELECT 1) SELECT * FROM t',
    "WITH t AS (SELECT 1) SELECT REPLACE(name, 'a', 'b') FROM t",
    'SELECT `update`, "delete from x", \'for update\' FROM `insert into`',
    "SELECT 'it''s', 'back\\'slash', \"a\"\"b\"",
    'SELECT a FROM t WHERE into_outfile = 1',
    'SELECT 1;',
    'SELECT 1 ; -- the end',
  ])('reads: %s', (text) => {
    expect(kindOf(text)).toBe('read');
  });

  test.each([
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t FOR SHARE',
    'SELECT * FROM t LOCK IN SHARE MODE',
    'SELECT * FROM t for /* now */ update',
  ])('locks: %s', (text) => {
    expect(kindOf(text)).toBe('lock');
  });

  test.each([
    'UPDATE instances SET host = NULL',
    '/* SELECT */ DELETE FROM instances',
    '-- SELECT\nDELETE FROM instances',
    'INSERT INTO t VALUES (1)',
    'REPLACE INTO t VALUES (1)',
    'DROP TABLE t',
    'CALL clean_up()',
    'DO SLEEP(1)',
    "LOAD DATA INFILE '/x' INTO TABLE t",
    'KILL 7',
    'ANALYZE UPDATE t SET a = 1',
    'EXPLAIN ANALYZE UPDATE t SET a = 1',
    'WITH t AS (SELECT 1) UPDATE x, t SET a = 1',
    'WITH t AS (SELECT 1) DELETE FROM x',
    "SELECT * FROM t INTO OUTFILE '/tmp/x'",
    "SELECT * INTO /* here */ DUMPFILE '/tmp/x' FROM t",
    // The server ends the number before INTO.
    "SELECT 1.0e1INTO OUTFILE '/tmp/x'",
    'SELECT 1 /*! INTO OUTFILE "/tmp/x" */',
    '/*!50000 DROP TABLE t */',
    'SELECT 1 /*M!100100 FOR UPDATE */',
    '',
  ])('may write: %s', (text) => {
    expect(kindOf(text)).toBe('write');
  });
});

describe('of its session', () => {
  test.each([
    'BEGIN',
    'START TRANSACTION READ ONLY',
    'COMMIT',
    'rollback',
    "XA START 'x'",
    'LOCK TABLES t WRITE',
    'UNLOCK TABLES',
    'USE nova',
    'SET autocommit = 0',
    'SET SESSION TRANSACTION READ WRITE',
    'SET NAMES latin1',
    'SET @@session.sql_mode = ""',
  ])('changes the session: %s', (text) => {
    expect(kindOf(text)).toBe('session');
  });

  test.each([
    'START SLAVE',
    'SET GLOBAL max_connections = 9',
    'SET STATEMENT max_statement_time=1 FOR UPDATE t SET a = 1',
    'SET PASSWORD = ""',
    'SET @x = 1',
    'SAVEPOINT a',
    'ROLLBACK TO SAVEPOINT a',
  ])('does not: %s', (text) => {
    expect(kindOf(text)).toBe('write');
  });
});

describe('what is never sent', () => {
  test('a text that the tag has not made', () => {
    for (const statement of ['SELECT 1', { text: 'SELECT 1', parameters: [] }, undefined]) {
      expect(() => checkStatement(statement as unknown as Sql)).toThrow(
        expect.objectContaining({ code: 'WB_DB_NOT_PARAMETERISED' }),
      );
    }
  });

  test.each([
    ['single quotes', sql`SELECT 1 FROM t WHERE a = '${'x'}'`],
    ['double quotes', sql`SELECT 1 FROM t WHERE a = "${'x'}"`],
    ['a part of a text', sql`SELECT 1 FROM t WHERE a LIKE '%${'x'}%'`],
    ['a quoted name', sql`SELECT 1 FROM \`${'x'}\``],
    ['a comment', sql`SELECT 1 /* ${'x'} */`],
  ])('a value within %s', (_name, statement) => {
    expect(() => checkStatement(statement)).toThrow(/stands between quotes or in a comment/);
  });

  test('a question mark without a value', () => {
    expect(() => checkStatement(sql`SELECT ? + ${1}`)).toThrow(/1 values for 2 question marks/);
  });

  test('a question mark in a text is just that', () => {
    expect(checkStatement(sql`SELECT 'why?' WHERE 1 = ${1}`).kind).toBe('read');
  });

  test('several statements', () => {
    for (const statement of [sql`SELECT 1; DROP TABLE t`, sql`SELECT ';'; SELECT 2`, sql`SELECT 1;;`]) {
      expect(() => checkStatement(statement)).toThrow(
        expect.objectContaining({ code: 'WB_DB_SEVERAL_STATEMENTS' }),
      );
    }
    expect(checkStatement(sql`SELECT ';'`).kind).toBe('read');
  });
});
