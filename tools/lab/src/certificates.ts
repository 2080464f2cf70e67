import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './exec.js';
import type { Host } from './lab-hosts.js';
import type { LabPaths } from './names.js';

// With a certificate for the VNC of its guests each host does what deployments with encrypted consoles do. QEMU refuses a
// server's certificate that may sign others (qcrypto_tls_creds_check_cert_basic_constraints, crypto/tlscredsx509.c).

const authority = (paths: LabPaths) => join(paths.keys, 'vnc', 'ca');
const certified = (paths: LabPaths, host: string) => join(paths.keys, 'vnc', host);

const requestOf = (name: string, extensions: readonly string[]) =>
  [
    ...['[req]', 'prompt = no', 'distinguished_name = name', 'x509_extensions = extensions'],
    ...['[name]', `CN = ${name}`],
    ...['[extensions]', ...extensions],
  ].join('\n');

interface Certificate {
  /** Where its `.key` and `.pem` go. */
  readonly at: string;
  readonly name: string;
  readonly extensions: readonly string[];
  /** Arguments that name who signs it; nobody else does where there are none. */
  readonly signedBy: readonly string[];
}

async function makeCertificate({ at, name, extensions, signedBy }: Certificate): Promise<void> {
  if (existsSync(`${at}.pem`)) return;
  await writeFile(`${at}.cnf`, requestOf(name, extensions));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', `${at}.key`];
  const out = ['-days', '3650', '-out', `${at}.new`];
  await run(['openssl', 'req', '-x509', '-config', `${at}.cnf`, ...key, ...signedBy, ...out]);
  // Whoever is killed before this makes the pair again.
  await rename(`${at}.new`, `${at}.pem`);
}

/** An authority of the lab, and a certificate of each host; made once per lab. */
export async function makeCertificates(
  paths: LabPaths,
  lab: string,
  hosts: readonly Pick<Host, 'name' | 'address'>[],
): Promise<void> {
  await mkdir(join(paths.keys, 'vnc'), { recursive: true, mode: 0o700 });
  const ca = authority(paths);
  await makeCertificate({
    at: ca,
    name: `authority of ${lab}`,
    extensions: ['basicConstraints = critical, CA:true', 'keyUsage = critical, keyCertSign'],
    signedBy: [],
  });
  await Promise.all(
    hosts.map(({ name, address }) =>
      makeCertificate({
        at: certified(paths, name),
        name,
        extensions: [
          'basicConstraints = critical, CA:false',
          'keyUsage = critical, digitalSignature',
          'extendedKeyUsage = serverAuth',
          `subjectAltName = DNS:${name}, IP:${address}`,
        ],
        signedBy: ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`],
      }),
    ),
  );
}

export interface HostCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** All of them PEM. */
export async function readCertificate(paths: LabPaths, host: string): Promise<HostCertificate> {
  const read = (path: string) => readFile(path, 'utf8');
  return {
    authority: await read(`${authority(paths)}.pem`),
    certificate: await read(`${certified(paths, host)}.pem`),
    key: await read(`${certified(paths, host)}.key`),
  };
}
