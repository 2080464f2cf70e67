import { describe, expect, it } from 'vitest';
import { Redactor } from './redact.js';

describe('Redactor', () => {
  it('masks what it was told, as is and as in a URL', () => {
    const redactor = new Redactor();
    redactor.add('s3cr/et');
    expect(redactor.redact('got s3cr/et and s3cr%2Fet')).toBe('got *** and ***');
  });

  it('masks it within JSON', () => {
    const redactor = new Redactor();
    redactor.add('s3"cr\\et');
    expect(redactor.redact(JSON.stringify({ said: 's3"cr\\et' }))).toBe('{"said":"***"}');
  });

  it('leaves nothing of a secret that contains another one', () => {
    const redactor = new Redactor();
    redactor.add('abcd');
    redactor.add('abcdefgh');
    expect(redactor.redact('x abcdefgh y')).toBe('x *** y');
  });

  it('does not mask very short secrets, which would blot out ordinary text', () => {
    const redactor = new Redactor();
    redactor.add('no');
    expect(redactor.redact('nova')).toBe('nova');
  });

  it.each([
    ['mysql+pymysql://nova:hush@controller/nova', 'mysql+pymysql://nova:***@controller/nova'],
    ['X-Auth-Token: gAAAAAB', 'X-Auth-Token: ***'],
    ['admin_password = hush', 'admin_password = ***'],
    ['{"password": "hush"}', '{"password": "***"}'],
    ['Authorization: Bearer gAAAAAB', 'Authorization: ***'],
    ['"authorization": "Basic dXNlcg==", "x": 1', '"authorization": "***", "x": 1'],
    ['db_password = "two words" # c', 'db_password = "***" # c'],
    [String.raw`{"password": "a\"b c", "x": "y"}`, '{"password": "***", "x": "y"}'],
    ["password='two words'", "password='***'"],
    ['rabbit://nova:p@ss@controller:5672/', 'rabbit://nova:***@controller:5672/'],
    ['openstack --os-password hush server list', 'openstack --os-password *** server list'],
    ['mysql --password=hush', 'mysql --password=***'],
    ['OS_TOKEN=gAAAAAB', 'OS_TOKEN=***'],
    ['auth_token: gAAAAAB', 'auth_token: ***'],
  ])('masks the usual shape %s', (text, masked) => {
    expect(new Redactor().redact(text)).toBe(masked);
  });

  it.each(['a-', 'a', '--password', 'password="', 'x://a:'])(
    'needs no time that grows with the square of the length (%s)',
    (piece) => {
      const text = piece.repeat(2_000_000 / piece.length);
      // Some hundredths of a second; with a quadratic pattern it is many minutes.
      expect(new Redactor().redact(text).length).toBeGreaterThan(0);
    },
  );

  it('leaves ordinary text alone', () => {
    const text = 'GET http://controller:8774/v2.1/servers 200 password policy is fine';
    expect(new Redactor().redact(text)).toBe(text);
    const tokens = 'a token was given, tokens: 3 and http://h/a:b see user@example.com';
    expect(new Redactor().redact(tokens)).toBe(tokens);
  });
});
