import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeCertificates, readCertificate } from './certificates.js';
import { labPaths } from './names.js';

it('gives each host a certificate of the lab that is for its name and address and signs nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lab-certificates-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const paths = labPaths(directory);
  const hosts = [
    { name: 'controller', address: '192.0.2.1' },
    { name: 'compute1', address: '192.0.2.2' },
  ];
  await makeCertificates(paths, 'test', hosts);
  const made = await Promise.all(hosts.map(({ name }) => readCertificate(paths, name)));

  for (const [index, { authority, certificate }] of made.entries()) {
    const [lab, own] = [new X509Certificate(authority), new X509Certificate(certificate)];
    expect(lab.ca).toBe(true);
    expect(own.ca).toBe(false);
    expect(own.checkIssued(lab) && own.verify(lab.publicKey)).toBe(true);
    expect(own.checkHost(hosts[index]?.name ?? '')).toBeDefined();
    expect(own.checkIP(hosts[index]?.address ?? '')).toBeDefined();
  }
  expect(new Set(made.map(({ key }) => key)).size).toBe(2);
  expect((await stat(join(paths.keys, 'vnc', 'compute1.key'))).mode & 0o077).toBe(0);

  await makeCertificates(paths, 'test', hosts);
  expect(await readCertificate(paths, 'compute1')).toEqual(made[1]);
});
