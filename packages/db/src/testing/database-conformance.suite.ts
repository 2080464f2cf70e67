import { inspect } from 'node:util';
import { sleep } from '@whitebox/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseOptions } from '../connect-options.js';
import { Database } from '../database.js';
import { identifier, list, sql, type Sql } from '../sql.js';
import type { SqlResultValue, SqlValue } from '../sql-value.js';

/** Name of the database that the suite makes for itself, and drops at its end. */
const scratch = 'whitebox_db_conformance';

const BUSY = sql`SELECT COUNT(*) AS n FROM information_schema.columns a, information_schema.columns b,
                 information_schema.columns c, information_schema.columns d WHERE a.column_name <> b.column_name`;

/**
 * What a Database promises, against any real server and over any way to it.
 *
 * @param subject options of an account that may do everything
 */
export function databaseConformance(subject: () => DatabaseOptions): void {
  const connect = (options: Partial<DatabaseOptions> = {}): Promise<Database> =>
    Database.connect({ ...subject(), database: scratch, ...options });
  const code = (value: string): unknown => expect.objectContaining({ code: value });

  async function one(database: Database, statement: Sql): Promise<SqlResultValue> {
    const [row] = await database.query(statement);
    return Object.values(row!)[0]!;
  }

  beforeAll(async () => {
    await using server = await connect({ database: undefined, readOnly: false });
    await server.execute(sql`CREATE OR REPLACE DATABASE ${identifier(scratch)} CHARACTER SET utf8mb4`);
    await using database = await connect({ readOnly: false });
    await database.execute(sql`CREATE TABLE kinds (
      id INT PRIMARY KEY AUTO_INCREMENT, big BIGINT, unsigned_big BIGINT UNSIGNED, tiny TINYINT(1), small SMALLINT UNSIGNED,
      medium MEDIUMINT, exact DECIMAL(40, 20), single_float FLOAT, real_number DOUBLE, instant DATETIME(6), whole DATETIME,
      stamp TIMESTAMP(3) NULL, day DATE, clock TIME(2), years YEAR, bytes VARBINARY(300), large LONGBLOB, bits BIT(40),
      words VARCHAR(300), long_text LONGTEXT, choice ENUM('owner', 'admin'), json_text JSON)`);
    await database.execute(sql`CREATE TABLE notes (id INT PRIMARY KEY, note VARCHAR(100)) ENGINE=InnoDB`);
    await database.execute(sql`INSERT INTO notes VALUES (1, 'one'), (2, 'two'), (3, 'three')`);
    await database.execute(sql`CREATE FUNCTION sneaky() RETURNS INT DETERMINISTIC MODIFIES SQL DATA
      BEGIN INSERT INTO notes VALUES (99, 'sneaky'); RETURN 1; END`);
  });

  afterAll(async () => {
    await using server = await connect({ database: undefined, readOnly: false });
    await server.execute(sql`DROP DATABASE IF EXISTS ${identifier(scratch)}`);
  });

  describe('values', () => {
    async function roundTrip(database: Database, column: string, value: SqlValue): Promise<SqlResultValue> {
      const { insertId } = await database.execute(
        sql`INSERT INTO kinds (${identifier(column)}) VALUES (${value})`,
      );
      const [row] = await database.query(
        sql`SELECT ${identifier(column)} AS value FROM kinds WHERE id = ${insertId}`,
      );
      return row!['value']!;
    }

    test('every integer of 64 bits comes back as it went', async () => {
      await using database = await connect({ readOnly: false });
      const big = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
      await fc.assert(
        fc.asyncProperty(big, async (value) => {
          expect(await roundTrip(database, 'big', value)).toBe(value);
          expect(await one(database, sql`SELECT ${value}`)).toBe(value);
        }),
        { numRuns: 50, examples: [[2n ** 53n + 1n], [-(2n ** 63n)], [2n ** 63n - 1n], [0n]] },
      );
      await fc.assert(
        fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), async (value) => {
          expect(await roundTrip(database, 'unsigned_big', value)).toBe(value);
          expect(await one(database, sql`SELECT ${value}`)).toBe(value);
        }),
        { numRuns: 50, examples: [[2n ** 64n - 1n], [2n ** 63n]] },
      );
    });

    test('a big integer is found by its exact value, not by its neighbour', async () => {
      await using database = await connect({ readOnly: false });
      await database.execute(sql`INSERT INTO kinds (big) VALUES (${2n ** 53n}), (${2n ** 53n + 1n})`);
      const rows = await database.query(sql`SELECT big FROM kinds WHERE big = ${2n ** 53n + 1n} LIMIT ${10}`);
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map((row) => row['big']))).toEqual(new Set([2n ** 53n + 1n]));
    });

    test('every double comes back as it went', async () => {
      await using database = await connect({ readOnly: false });
      await fc.assert(
        fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true }), async (value) => {
          fc.pre(Number.isSafeInteger(value) || !Number.isInteger(value));
          // A database has no negative zero.
          expect(await roundTrip(database, 'real_number', value)).toBe(value + 0);
        }),
        { numRuns: 50 },
      );
    });

    test('any bytes come back as they went', async () => {
      await using database = await connect({ readOnly: false });
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (value) => {
          expect(await roundTrip(database, 'bytes', value)).toEqual(value);
          expect(await roundTrip(database, 'large', value)).toEqual(value);
        }),
        { numRuns: 30, examples: [[new Uint8Array([0, 39, 92, 34, 255, 195, 40])]] },
      );
      const large = new Uint8Array(3_000_000).map((_, index) => index % 251);
      const back = await roundTrip(database, 'large', large);
      expect(Buffer.compare(back as Uint8Array, large)).toBe(0);
    });

    test('any text comes back as it went', async () => {
      await using database = await connect({ readOnly: false });
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async (value) => {
          expect(await roundTrip(database, 'long_text', value)).toBe(value);
        }),
        { numRuns: 50, examples: [["x' OR '1'='1"], ['\\'], ['`;--\u0000'], ['Ärger 🚀']] },
      );
    });

    test('every instant comes back as it went, whatever the time zone of server and client', async () => {
      await using database = await connect({ readOnly: false });
      // TIMESTAMP ends in 2038.
      const instant = fc.date({
        min: new Date('1970-01-02'),
        max: new Date('2038-01-01'),
        noInvalidDate: true,
      });
      await fc.assert(
        fc.asyncProperty(instant, async (value) => {
          const iso = value.toISOString();
          expect(await roundTrip(database, 'instant', value)).toBe(iso.replace('Z', '000Z'));
          expect(await roundTrip(database, 'stamp', value)).toBe(iso);
        }),
        { numRuns: 50, examples: [[new Date('2026-03-29T01:30:00Z')], [new Date('2026-10-25T01:30:00Z')]] },
      );
      const now = new Date(String(await one(database, sql`SELECT NOW(6)`))).getTime();
      expect(Math.abs(now - Date.now())).toBeLessThan(600_000);
    });

    test('each type of column has one exact form', async () => {
      await using database = await connect({ readOnly: false });
      const { insertId } = await database.execute(sql`INSERT INTO kinds SET
        tiny = TRUE, small = 65535, medium = -8388608, exact = ${'12345678901234567890.00000000000000000001'},
        single_float = 1.1, instant = ${'2026-11-22 18:00:00.123456'}, whole = ${'1000-01-01 00:00:00'},
        day = ${'2026-11-22'}, clock = ${'-838:59:58.5'}, years = 2026, bits = b'1000000000000000000000000000000000000001',
        words = ${'Ärger 🚀'}, choice = ${'admin'}, json_text = ${'{"a": 9007199254740993}'}`);
      const [row] =
        await database.query(sql`SELECT tiny, small, medium, exact, single_float, instant, whole, day, clock,
        years, bits, words, choice, json_text, big, COUNT(*) OVER () AS n FROM kinds WHERE id = ${insertId}`);
      expect(row).toEqual({
        tiny: 1,
        small: 65_535,
        medium: -8_388_608,
        exact: '12345678901234567890.00000000000000000001',
        single_float: 1.1,
        instant: '2026-11-22T18:00:00.123456Z',
        whole: '1000-01-01T00:00:00Z',
        day: '2026-11-22',
        clock: '-838:59:58.50',
        years: 2026,
        bits: new Uint8Array([0x80, 0, 0, 0, 1]),
        words: 'Ärger 🚀',
        choice: 'admin',
        json_text: '{"a": 9007199254740993}',
        big: null,
        n: 1n,
      });
    });

    test('what does not fit is an error, not cut off', async () => {
      await using database = await connect({ readOnly: false });
      await expect(
        database.execute(sql`INSERT INTO kinds (words) VALUES (${'x'.repeat(301)})`),
      ).rejects.toThrow(code('WB_DB_QUERY'));
      await expect(database.execute(sql`INSERT INTO kinds (tiny) VALUES (${128})`)).rejects.toThrow(/tiny/);
    });
  });

  describe('statements', () => {
    test('a value cannot break out of its place', async () => {
      await using database = await connect();
      const attack = "x' OR '1'='1'; DROP TABLE notes; --";
      expect(await database.query(sql`SELECT id FROM notes WHERE note = ${attack}`)).toEqual([]);
      expect(await one(database, sql`SELECT ${attack}`)).toBe(attack);
      expect(await one(database, sql`SELECT COUNT(*) FROM notes`)).toBe(3n);
    });

    test('lists, limits and names', async () => {
      await using database = await connect();
      const rows = await database.query(
        sql`SELECT ${identifier('note')} FROM notes WHERE id IN (${list([3, 1, 77])}) ORDER BY id LIMIT ${1} OFFSET ${1}`,
      );
      expect(rows).toEqual([{ note: 'three' }]);
      expect(await database.query(sql`SELECT id FROM notes WHERE id IN (${list([])})`)).toEqual([]);
    });

    test('statements with and without values in any order, many at the same time', async () => {
      await using database = await connect({ maxConnections: 2 });
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => one(database, sql`SELECT ${n} + COUNT(*) FROM notes`)),
      );
      expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => BigInt(n + 3)));
    });

    test('two columns of one name are an error, not one value', async () => {
      await using database = await connect();
      await expect(
        database.query(sql`SELECT a.id, b.id FROM notes a JOIN notes b ON b.id = a.id`),
      ).rejects.toThrow(code('WB_DB_DUPLICATE_COLUMN'));
    });

    test.each([
      ['WB_DB_SYNTAX', sql`SELECT FROM WHERE`],
      ['WB_DB_NO_TABLE', sql`SELECT 1 FROM nothing_here`],
      ['WB_DB_NO_COLUMN', sql`SELECT nothing_here FROM notes`],
    ])('%s', async (expected, statement) => {
      await using database = await connect();
      await expect(database.query(statement)).rejects.toThrow(code(expected));
      expect(await one(database, sql`SELECT 1`)).toBe(1);
    });
  });

  describe('reading only', () => {
    test('a change is refused before it is sent, with what to do', async () => {
      await using database = await connect();
      await expect(database.execute(sql`DELETE FROM notes`)).rejects.toThrow(code('WB_DB_READ_ONLY'));
      await expect(database.execute(sql`DELETE FROM notes`)).rejects.toThrow(/readOnly: false/);
      await expect(database.query(sql`DELETE FROM notes`)).rejects.toThrow(code('WB_DB_READ_ONLY'));
      await expect(database.query(sql`SELECT * FROM notes FOR UPDATE`)).rejects.toThrow(/locks rows/);
      await expect(database.query(sql`SET SESSION TRANSACTION READ WRITE`)).rejects.toThrow(
        code('WB_DB_READ_ONLY'),
      );
    });

    test('a change that looks like reading is refused by the session', async () => {
      await using database = await connect();
      await expect(database.query(sql`SELECT sneaky()`)).rejects.toThrow(code('WB_DB_READ_ONLY'));
      await expect(
        database.transaction((transaction) => transaction.query(sql`SELECT sneaky()`)),
      ).rejects.toThrow(code('WB_DB_READ_ONLY'));
      expect(await one(database, sql`SELECT COUNT(*) FROM notes`)).toBe(3n);
    });

    test('its transactions see one state of all tables', async () => {
      await using reader = await connect();
      await using writer = await connect({ readOnly: false });
      await reader.transaction(async (transaction) => {
        await transaction.query(sql`SELECT 1`);
        await writer.execute(sql`INSERT INTO notes VALUES (10, 'meanwhile')`);
        expect(await transaction.query(sql`SELECT id FROM notes WHERE id = 10`)).toEqual([]);
        await expect(transaction.execute(sql`DELETE FROM notes`)).rejects.toThrow(code('WB_DB_READ_ONLY'));
      });
      expect(await reader.query(sql`SELECT id FROM notes WHERE id = 10`)).toEqual([{ id: 10 }]);
      await writer.execute(sql`DELETE FROM notes WHERE id = 10`);
    });
  });

  describe('changes', () => {
    test('execute tells how many rows matched', async () => {
      await using database = await connect({ readOnly: false });
      const same = await database.execute(sql`UPDATE notes SET note = 'one' WHERE id = 1`);
      expect(same.matchedRows).toBe(1);
      const none = await database.execute(sql`UPDATE notes SET note = 'x' WHERE id = 1000`);
      expect(none.matchedRows).toBe(0);
      await expect(database.query(sql`UPDATE notes SET note = 'x'`)).rejects.toThrow(/Use execute\(\)/);
    });

    test('what would change a session that others use next is refused, with what to use instead', async () => {
      await using database = await connect({ readOnly: false });
      await expect(database.execute(sql`BEGIN`)).rejects.toMatchObject({
        code: 'WB_DB_SESSION',
        advice: expect.stringContaining('transaction(') as string,
      });
      await database.transaction(async (transaction) => {
        await expect(transaction.execute(sql`COMMIT`)).rejects.toThrow(code('WB_DB_SESSION'));
      });
      await using reader = await connect();
      await expect(reader.query(sql`SET SESSION TRANSACTION READ WRITE`)).rejects.toThrow(
        code('WB_DB_READ_ONLY'),
      );
    });

    test('a transaction is done as a whole', async () => {
      await using database = await connect({ readOnly: false });
      const result = await database.transaction(async (transaction) => {
        await transaction.execute(sql`INSERT INTO notes VALUES (20, 'a')`);
        await transaction.execute(sql`INSERT INTO notes VALUES (21, 'b')`);
        return 'done';
      });
      expect(result).toBe('done');
      expect(await one(database, sql`SELECT COUNT(*) FROM notes WHERE id IN (20, 21)`)).toBe(2n);
      await database.execute(sql`DELETE FROM notes WHERE id IN (20, 21)`);
    });

    test('or not at all', async () => {
      await using database = await connect({ readOnly: false, maxConnections: 1 });
      const failure = new Error('changed my mind');
      await expect(
        database.transaction(async (transaction) => {
          await transaction.execute(sql`DELETE FROM notes`);
          throw failure;
        }),
      ).rejects.toBe(failure);
      await expect(
        database.transaction(async (transaction) => {
          await transaction.execute(sql`DELETE FROM notes`);
          await transaction.query(sql`SELECT FROM`);
        }),
      ).rejects.toThrow(code('WB_DB_SYNTAX'));
      expect(await one(database, sql`SELECT COUNT(*) FROM notes`)).toBe(3n);
    });

    test('its statements keep their order, and end with it', async () => {
      await using database = await connect({ readOnly: false });
      let kept: { query(statement: Sql): Promise<unknown> } | undefined;
      await database.transaction(async (transaction) => {
        kept = transaction;
        const seen = await Promise.all([
          transaction.execute(sql`INSERT INTO notes VALUES (30, 'x')`),
          transaction.query(sql`SELECT id FROM notes WHERE id = 30`),
          transaction.execute(sql`DELETE FROM notes WHERE id = 30`),
          transaction.query(sql`SELECT id FROM notes WHERE id = 30`),
        ]);
        expect([seen[1], seen[3]]).toEqual([[{ id: 30 }], []]);
      });
      await expect(kept!.query(sql`SELECT 1`)).rejects.toThrow(code('WB_DB_CLOSED'));
    });
  });

  describe('giving up', () => {
    const sessionOf = (database: Database): Promise<SqlResultValue> =>
      one(database, sql`SELECT CONNECTION_ID()`);

    async function isBusy(session: SqlResultValue): Promise<boolean> {
      await using watcher = await connect();
      const rows = await watcher.query(
        sql`SELECT id FROM information_schema.processlist WHERE id = ${session} AND command <> 'Sleep'`,
      );
      return rows.length > 0;
    }

    test.each([
      ['that computes', BUSY],
      ['that sleeps', sql`SELECT SLEEP(${60}) AS slept`],
    ])('a deadline ends a statement %s on the server and keeps the connection', async (_what, statement) => {
      await using database = await connect({ maxConnections: 1 });
      const session = await sessionOf(database);
      const started = performance.now();
      await expect(database.query(statement, { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'WB_DB_TIMEOUT',
        observed: expect.stringMatching(/within 300 ms; the statement was ended on the server/) as string,
      });
      expect(performance.now() - started).toBeGreaterThanOrEqual(290);
      // The server answers a moment before it calls the session idle.
      await expect.poll(() => isBusy(session)).toBe(false);
      expect(await sessionOf(database)).toBe(session);
    });

    test('so does the signal of the caller', async () => {
      await using database = await connect({ maxConnections: 1 });
      const session = await sessionOf(database);
      const controller = new AbortController();
      const reason = new Error('Ctrl-C');
      const query = database.query(BUSY, { signal: controller.signal });
      const failure = query.catch((error: unknown) => error);
      await expect.poll(() => isBusy(session), { timeout: 10_000 }).toBe(true);
      controller.abort(reason);
      expect(await failure).toMatchObject({ code: 'WB_DB_ABORTED', cause: reason });
      // The server answers a moment before it calls the session idle.
      await expect.poll(() => isBusy(session)).toBe(false);
      expect(await sessionOf(database)).toBe(session);
      await expect(database.query(sql`SELECT 1`, { signal: controller.signal })).rejects.toMatchObject({
        code: 'WB_DB_ABORTED',
        observed: expect.stringMatching(/it was not sent/) as string,
      });
    });

    test('a statement that waits for a lock', async () => {
      await using database = await connect({ readOnly: false });
      await database.transaction(async (transaction) => {
        await transaction.execute(sql`UPDATE notes SET note = 'locked' WHERE id = 1`);
        await expect(
          database.execute(sql`UPDATE notes SET note = 'too late' WHERE id = 1`, { timeoutMs: 300 }),
        ).rejects.toThrow(code('WB_DB_TIMEOUT'));
        await transaction.execute(sql`UPDATE notes SET note = 'one' WHERE id = 1`);
      });
      expect(await one(database, sql`SELECT note FROM notes WHERE id = 1`)).toBe('one');
    });

    test('who waits for a turn gives up alone', async () => {
      await using database = await connect({ maxConnections: 1 });
      const slow = database.query(sql`SELECT SLEEP(${1}) AS slept`);
      await expect(database.query(sql`SELECT 1`, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'WB_DB_TIMEOUT',
        observed: expect.stringMatching(/it was not sent: all connections are in use/) as string,
      });
      expect(await slow).toEqual([{ slept: 0 }]);
      expect(await one(database, sql`SELECT 1`)).toBe(1);
    });

    test('so does who waits for a statement of the same transaction', async () => {
      await using database = await connect();
      await database.transaction(async (transaction) => {
        let over = false;
        const slow = transaction.query(sql`SELECT SLEEP(${2}) AS slept`).finally(() => {
          over = true;
        });
        await expect(transaction.query(sql`SELECT 1`, { timeoutMs: 100 })).rejects.toThrow(
          code('WB_DB_TIMEOUT'),
        );
        expect(over).toBe(false);
        expect(await slow).toEqual([{ slept: 0 }]);
        expect(await transaction.query(sql`SELECT 2 AS two`)).toEqual([{ two: 2 }]);
      });
    });

    test('a deadline that passes just when the answer comes harms no later statement', async () => {
      await using database = await connect({ maxConnections: 1 });
      for (let round = 0; round < 15; round++) {
        await database.query(sql`SELECT SLEEP(${0.02}) AS slept`, { timeoutMs: 20 }).catch(() => undefined);
        expect(await one(database, sql`SELECT ${round}`)).toBe(BigInt(round));
      }
    });
  });

  describe('a connection that ends', () => {
    test('under a statement is an error, and the next statement has another one', async () => {
      await using database = await connect({ maxConnections: 1 });
      await using killer = await connect({ readOnly: false });
      const session = await one(database, sql`SELECT CONNECTION_ID()`);
      const failure = database.query(BUSY).catch((error: unknown) => error);
      await killer.execute(sql`KILL CONNECTION ${session}`);
      expect(await failure).toMatchObject({ code: 'WB_DB_CONNECTION_LOST' });
      expect(await one(database, sql`SELECT CONNECTION_ID()`)).not.toBe(session);
    });

    test('while idle is replaced without a word', async () => {
      await using database = await connect({ maxConnections: 1 });
      await using killer = await connect({ readOnly: false });
      const session = await one(database, sql`SELECT CONNECTION_ID()`);
      await killer.execute(sql`KILL CONNECTION ${session}`);
      await expect
        .poll(() => killer.query(sql`SELECT id FROM information_schema.processlist WHERE id = ${session}`))
        .toEqual([]);
      // What the server sent at the end has to arrive.
      await sleep(500);
      expect(await one(database, sql`SELECT CONNECTION_ID()`)).not.toBe(session);
    });

    test('by close() leaves none behind on the server', async () => {
      const database = await connect({ maxConnections: 3 });
      const sessions = await Promise.all(
        [1, 2, 3].map(() => one(database, sql`SELECT CONNECTION_ID() + 0 * SLEEP(0.2)`)),
      );
      await database.close();
      await expect(database.query(sql`SELECT 1`)).rejects.toThrow(code('WB_DB_CLOSED'));
      await using watcher = await connect();
      await expect
        .poll(() =>
          watcher.query(
            sql`SELECT id FROM information_schema.processlist WHERE id IN (${list(sessions.map(Number))})`,
          ),
        )
        .toEqual([]);
    });
  });

  describe('connecting', () => {
    test('with a wrong password', async () => {
      const failure: unknown = await connect({ password: 'wrong-p4ssword' }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'WB_DB_ACCESS_DENIED', errno: 1045 });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('wrong-p4ssword');
    });

    test('to a database that is not there', async () => {
      await expect(connect({ database: 'no_such_database' })).rejects.toThrow(code('WB_DB_NO_DATABASE'));
      await expect(connect({ database: 'no_such_database' })).rejects.toThrow(/no_such_database/);
    });

    test('given up before it began', async () => {
      await expect(connect({ signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow(
        code('WB_DB_ABORTED'),
      );
    });

    test('the password is in no error and in no view of the object', async () => {
      const { password = '' } = subject();
      await using database = await connect();
      const failures = await Promise.all(
        [sql`SELECT FROM`, sql`SELECT SLEEP(${9}) AS x`].map((statement) =>
          database.query(statement, { timeoutMs: 200 }).catch((error: unknown) => error),
        ),
      );
      for (const thing of [database, ...failures]) {
        expect(inspect(thing, { depth: 10, showHidden: true })).not.toContain(password);
        expect(JSON.stringify(thing)).not.toContain(password);
      }
    });
  });
}
