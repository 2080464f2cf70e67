import { describe, expect, it } from 'vitest';
import { knownHostName, knownHostsFor } from './known-hosts.js';

const found = (name: string, text: string): string[] =>
  knownHostsFor(name, text, '/kh').map(({ line, marker, key }) => `${String(line)}:${marker}:${key}`);

describe('knownHostName', () => {
  it('has the port where it is not 22, and is in lower case', () => {
    expect(knownHostName('Compute1', 22)).toBe('compute1');
    expect(knownHostName('::1', 2222)).toBe('[::1]:2222');
  });
});

describe('knownHostsFor', () => {
  it('finds plain names, lists and patterns', () => {
    const text = [
      '# a comment',
      '',
      'one ssh-ed25519 AAA1',
      'two,one,three ssh-rsa AAA2 comment of two words',
      '*.example.com,!bad.example.com ssh-rsa AAA3',
      'h?st ssh-rsa AAA4',
      'UPPER ssh-rsa AAA5',
    ].join('\n');
    expect(found('one', text)).toEqual(['3:none:AAA1', '4:none:AAA2']);
    expect(found('good.example.com', text)).toEqual(['5:none:AAA3']);
    expect(found('bad.example.com', text)).toEqual([]);
    expect(found('host', text)).toEqual(['6:none:AAA4']);
    expect(found('upper', text)).toEqual(['7:none:AAA5']);
    expect(found('xone', text)).toEqual([]);
  });

  it('does not take a name without a port for one with a port, nor the other way round', () => {
    const text = 'one ssh-rsa AAA1\n[one]:2222 ssh-rsa AAA2\n';
    expect(found('one', text)).toEqual(['1:none:AAA1']);
    expect(found('[one]:2222', text)).toEqual(['2:none:AAA2']);
  });

  it('finds names hashed by ssh-keygen -H', () => {
    // Made by ssh-keygen -H of OpenSSH 9.2 for "compute1" and "[compute1]:2222".
    const text =
      '|1|NSE6aIJsG9LrQ19rO4bfjr7OnYM=|iaLzDWpjx1gyFuNP/8xGyugUKIQ= ssh-rsa AAAAkey1\n' +
      '|1|Vjhd5r1nkXmNaGewFrSG8gJupC8=|WLNoSYnyybCup4p1LjuLZYS6Ax8= ssh-rsa AAAAkey2\n';
    expect(found('compute1', text)).toEqual(['1:none:AAAAkey1']);
    expect(found('[compute1]:2222', text)).toEqual(['2:none:AAAAkey2']);
    expect(found('compute2', text)).toEqual([]);
  });

  it('reads markers, and does not take an unknown one for none', () => {
    const text = '@revoked * ssh-rsa A\n@cert-authority *.x ssh-rsa B\n@new a.x ssh-rsa C\n';
    expect(found('a.x', text)).toEqual(['1:revoked:A', '2:cert-authority:B', '3:unknown:C']);
  });

  it('passes over lines that make no sense, and takes CRLF and padding', () => {
    expect(found('one', 'one\none ssh-rsa\n\u0000\none ssh-rsa AAA=\r\n')).toEqual(['4:none:AAA']);
  });
});
