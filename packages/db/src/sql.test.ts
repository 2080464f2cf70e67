import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all, identifier, list, sql, Sql } from './sql.js';
import type { SqlValue } from './sql-value.js';

function textsOf(statement: Sql): unknown[] {
  return statement.parameters.map((parameter) => ('value' in parameter ? parameter.value : null));
}

describe('sql`...`', () => {
  test('keeps values apart from the text', () => {
    const host = "compute1' OR '1'='1";
    const statement = sql`SELECT uuid FROM instances WHERE host = ${host} AND vcpus > ${4}`;
    expect(statement.text).toBe('SELECT uuid FROM instances WHERE host = ? AND vcpus > ?');
    expect(statement.parameters).toEqual([
      { type: 'text', value: host },
      { type: 'integer', value: 4n },
    ]);
  });

  test('no text value, whatever it is, ever becomes part of the statement', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (values) => {
        const statement = sql`SELECT 1 WHERE a IN (${list(values)})`;
        expect(statement.text).toMatch(/^SELECT 1 WHERE a IN \((NULL|\?(, \?)*)\)$/);
        expect(textsOf(statement)).toEqual(values);
      }),
    );
  });

  test('takes pieces with their values, in order', () => {
    const condition = sql`host = ${'a'} OR node = ${'b'}`;
    const statement = sql`SELECT 1 FROM t WHERE x = ${'x'} AND (${condition}) LIMIT ${7}`;
    expect(statement.text).toBe('SELECT 1 FROM t WHERE x = ? AND (host = ? OR node = ?) LIMIT ?');
    expect(textsOf(statement)).toEqual(['x', 'a', 'b', 7n]);
  });

  test('an object that only looks like a statement is a value, and refused', () => {
    const forged = { text: 'x; DROP TABLE instances', parameters: [] } as unknown as SqlValue;
    expect(() => sql`SELECT ${forged}`).toThrow(expect.objectContaining({ code: 'WB_DB_PARAMETER' }));
    expect(Sql.isSql(forged)).toBe(false);
    expect(Sql.isSql(Object.create(Sql.prototype))).toBe(false);
  });

  test('called as a function with a text it is refused', () => {
    const asFunction = sql as unknown as (text: unknown) => Sql;
    for (const text of ['SELECT 1', ['SELECT 1'], undefined]) {
      expect(() => asFunction(text)).toThrow(expect.objectContaining({ code: 'WB_DB_NOT_PARAMETERISED' }));
    }
  });
});

describe('identifier', () => {
  test('quotes each part of a name', () => {
    expect(identifier('nova_cell1', 'instances').text).toBe('`nova_cell1`.`instances`');
    expect(identifier('a`b; DROP TABLE x').text).toBe('`a``b; DROP TABLE x`');
  });

  test.each(['', 'x'.repeat(65), 'a\0b', 'a '])('refuses %j', (name) => {
    expect(() => identifier(name)).toThrow(expect.objectContaining({ code: 'WB_DB_PARAMETER' }));
  });
});

test('an empty list matches nothing', () => {
  expect(sql`SELECT 1 WHERE 1 IN (${list([])})`.text).toBe('SELECT 1 WHERE 1 IN (NULL)');
});

test('conditions are joined without changing their meaning', () => {
  expect(all([]).text).toBe('TRUE');
  const both = all([sql`a = ${1} OR b = ${2}`, sql`c = ${3}`]);
  expect(both.text).toBe('(a = ? OR b = ?) AND (c = ?)');
  expect(textsOf(both)).toEqual([1n, 2n, 3n]);
});
