import { Secret } from '@whitebox/core';
import type { NovaDatabaseOptions } from '@whitebox/db';
import type { Host } from '@whitebox/host';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import type { NovaService } from './nova-connection.js';
import { openDatabase, type DatabaseSearch } from './open-database.js';
import type { DatabaseSettings } from './settings.js';

const nothing: DatabaseSettings = {
  address: undefined,
  user: undefined,
  password: undefined,
  gateway: undefined,
};

/** Nova services by host, each with the options that it has in force, or why they cannot be read. */
type Cloud = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>> | Error>>>>;

const conductor = {
  'api_database.connection': 'mysql+pymysql://nova:s3cr%21t@db.internal/nova_api',
  'database.connection': 'mysql+pymysql://nova:s3cr%21t@db.internal/nova_cell0',
};

function searchIn(
  cloud: Cloud,
  open: (options: NovaDatabaseOptions) => Promise<string> = () => Promise.resolve('open'),
) {
  const machines = new Map(Object.keys(cloud).map((name) => [name, new FakeHost({ name })]));
  const opened: NovaDatabaseOptions[] = [];
  const search: DatabaseSearch<string> = {
    machines: {
      root: (name) => Promise.resolve(machines.get(name)!),
      gateway: ({ address }) => Promise.resolve(new FakeHost({ name: address })),
    },
    controlHosts: () => Promise.resolve(Object.keys(cloud)),
    servicesOf: (machine) =>
      Promise.resolve(
        Object.entries(cloud[machine.name]!).map(([name, values]): NovaService => ({
          name,
          config: () =>
            values instanceof Error
              ? Promise.reject(values)
              : Promise.resolve({
                  effective: (section: string, option: string) => {
                    const value = values[`${section}.${option}`];
                    const origin = { kind: 'file', file: '/etc/nova/nova.conf', line: 7 } as const;
                    return value === undefined ? undefined : { value, values: [value], raw: value, origin };
                  },
                }),
        })),
      ),
    open: (options) => {
      opened.push(options);
      return open(options);
    },
  };
  return { search, opened, machines };
}

const nameOf = (dialer: unknown): string => (dialer as Host).name;

describe('opening the databases of Nova', () => {
  it('takes what is said, and asks nobody', async () => {
    const { search, opened } = searchIn({});
    const said: DatabaseSettings = {
      address: '10.0.0.5',
      user: 'whitebox',
      password: new Secret('pw'),
      gateway: { address: '192.0.2.1', port: 22 },
    };
    const { place } = await openDatabase(said, {
      ...search,
      controlHosts: () => Promise.reject(new Error('nobody asked for that')),
    });
    expect(place).toBe('[whitebox-database]');
    expect(opened).toMatchObject([
      { endpoint: { address: '10.0.0.5', port: 3306 }, user: 'whitebox', password: 'pw' },
    ]);
    expect(nameOf(opened[0]?.through)).toBe('192.0.2.1');
  });

  it('takes the account of the conductor, dialled from its machine, where nothing is said', async () => {
    const { search, opened } = searchIn({ 'control-0': { 'nova-conductor': conductor } });
    const { place, account } = await openDatabase(nothing, search);
    expect(place).toBe('[api_database] connection of nova-conductor on control-0');
    expect(account).toMatchObject({ address: 'db.internal', user: 'nova' });
    expect(account.password?.reveal()).toBe('s3cr!t');
    expect(JSON.stringify(account)).not.toContain('s3cr');
    expect(opened).toMatchObject([
      {
        endpoint: { address: 'db.internal', port: 3306 },
        user: 'nova',
        password: 's3cr!t',
        database: 'nova_api',
        connection: conductor['database.connection'],
      },
    ]);
    expect(nameOf(opened[0]?.through)).toBe('control-0');
  });

  it('trusts the authorities that the URL names on that machine', async () => {
    const connection = 'mysql+pymysql://nova:x@db/nova_api?ssl_ca=/etc/ssl/db.pem';
    const { search, opened, machines } = searchIn({
      one: { 'nova-conductor': { 'api_database.connection': connection } },
    });
    machines.get('one')!.files.write('/etc/ssl/db.pem', 'the authorities');
    await openDatabase(nothing, search);
    expect(opened).toMatchObject([{ tls: { ca: 'the authorities' } }]);
  });

  it('goes on to the next service and the next host', async () => {
    const { search, opened } = searchIn(
      {
        one: { 'nova-conductor': new Error('it is not running'), 'nova-scheduler': {} },
        two: { 'nova-scheduler': conductor },
        three: { 'nova-scheduler': conductor },
      },
      ({ through }) =>
        nameOf(through) === 'two' ? Promise.reject(new Error('connection refused')) : Promise.resolve('open'),
    );
    expect(await openDatabase(nothing, search)).toMatchObject({
      database: 'open',
      place: '[api_database] connection of nova-scheduler on three',
    });
    expect(opened).toHaveLength(2);
  });

  it('lets what is said win, piece by piece', async () => {
    const { search, opened } = searchIn({ one: { 'nova-conductor': conductor } });
    await openDatabase({ ...nothing, address: '10.0.0.5', gateway: undefined }, search);
    await openDatabase({ ...nothing, user: 'reader', password: new Secret('r') }, search);
    await openDatabase({ ...nothing, user: 'nova' }, search);
    expect(opened).toMatchObject([
      { endpoint: { address: '10.0.0.5' }, user: 'nova', password: 's3cr!t', through: undefined },
      { endpoint: { address: 'db.internal' }, user: 'reader', password: 'r' },
      { endpoint: { address: 'db.internal' }, user: 'nova', password: 's3cr!t' },
    ]);
  });

  it('tries no password with another user', async () => {
    const { search, opened } = searchIn({ one: { 'nova-conductor': conductor } });
    await expect(openDatabase({ ...nothing, user: 'reader' }, search)).rejects.toThrow(
      'it is for user nova, whose password is not that of reader',
    );
    expect(opened).toEqual([]);
  });

  it('says everything that was tried, and no password', async () => {
    const { search } = searchIn(
      {
        one: { 'nova-conductor': conductor },
        two: {},
        three: { 'nova-api': { 'api_database.connection': 'sqlite:///s3cr!t.db' } },
      },
      () => Promise.reject(new Error('access denied\nfor user nova')),
    );
    const failed: unknown = await openDatabase(nothing, search).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'WB_TESTKIT_NO_DATABASE' });
    const { message } = failed as Error;
    expect(message).toContain('[whitebox-database] does not say host, user, password');
    expect(message).toContain(
      '- [api_database] connection of nova-conductor on one: access denied for user nova',
    );
    expect(message).toContain('- two: none of nova-conductor, nova-scheduler, nova-api is installed');
    expect(message).toContain('- nova-api on three: ');
    expect(message).toContain('only MySQL and MariaDB');
    expect(message).not.toMatch(/s3cr/);
  });

  it('says so where Nova names no control host', async () => {
    await expect(openDatabase(nothing, searchIn({}).search)).rejects.toThrow(
      'Nova names no host of its conductor',
    );
  });
});
