import { expect, it } from 'vitest';
import { vncDifferences } from './encrypted-console.js';

const json = (verify: boolean, id = 'vnc-tls-creds0') =>
  JSON.stringify({
    'qom-type': 'tls-creds-x509',
    id,
    dir: '/etc/pki/libvirt-vnc',
    endpoint: 'server',
    'verify-peer': verify,
  });
const vnc = ['-vnc', '192.0.2.1:0,tls-creds=vnc-tls-creds0,audiodev=audio1'];

it.each<[string, readonly string[]]>([
  ['of today', ['/usr/bin/qemu', '-object', json(true), ...vnc]],
  [
    'of older releases',
    [...['-object', 'tls-creds-x509,id=vnc-tls-creds0,dir=/etc/pki,endpoint=server,verify-peer=on'], ...vnc],
  ],
])('finds nothing wrong with an encrypted console %s', (_, commandLine) => {
  expect(vncDifferences(commandLine)).toEqual([]);
});

it.each<[string, readonly string[], RegExp]>([
  ['no console', ['-object', json(true)], /QEMU has no VNC/],
  ['a console without TLS', ['-object', json(true), '-vnc', '192.0.2.1:0'], /VNC is not encrypted/],
  ['the credentials of something else', ['-object', json(true, 'migration'), ...vnc], /no certificate/],
  ['a console that lets everybody in', ['-object', json(false), ...vnc], /asks nobody/],
  [
    'one console of two without TLS',
    ['-object', json(true), ...vnc, '-vnc', 'unix:/run/vnc'],
    /VNC is not encrypted: unix/,
  ],
])('finds %s', (_, commandLine, expected) => {
  expect(vncDifferences(commandLine)).toEqual([expect.stringMatching(expected)]);
});
