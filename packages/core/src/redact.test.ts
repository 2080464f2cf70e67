import { describe, expect, it } from 'vitest';
import { Redactor } from './redact.js';

describe('Redactor', () => {
  it('masks what it was told, as is and as in a URL', () => {
    const redactor = new Redactor();
    redactor.add('s3cr/et');
    expect(redactor.redact('got s3cr/et and s3cr%2Fet')).toBe('got *** and ***');
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
  ])('masks the usual shape %s', (text, masked) => {
    expect(new Redactor().redact(text)).toBe(masked);
  });

  it('leaves ordinary text alone', () => {
    const text = 'GET http://controller:8774/v2.1/servers 200 password policy is fine';
    expect(new Redactor().redact(text)).toBe(text);
  });
});
