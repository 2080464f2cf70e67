import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isoGreeting, tinyIso } from './tiny-iso.js';

const image = Buffer.from(tinyIso());
const sector = (index: number): Buffer => image.subarray(index * 2048, (index + 1) * 2048);

it('has a volume descriptor that tells its size, and an end of the descriptors', () => {
  expect(sector(16).toString('latin1', 0, 6)).toBe('\x01CD001');
  expect(sector(16).readUInt32LE(80) * 2048).toBe(image.length);
  expect(sector(16).readUInt32BE(84) * 2048).toBe(image.length);
  expect(sector(18).toString('latin1', 0, 6)).toBe('\xffCD001');
});

it('has a root directory that is its own parent', () => {
  const root = sector(16).readUInt32LE(158);
  expect(sector(root).readUInt32LE(2)).toBe(root);
  expect(sector(root).readUInt32LE(34 + 2)).toBe(root);
  expect(sector(root)[34 + 33]).toBe(1);
});

it('has a boot catalog with a valid checksum that leads to the code', () => {
  expect(sector(17).toString('latin1', 7, 30)).toBe('EL TORITO SPECIFICATION');
  const catalog = sector(sector(17).readUInt32LE(71));
  let sum = 0;
  for (let word = 0; word < 32; word += 2) sum += catalog.readUInt16LE(word);
  expect(sum & 0xffff).toBe(0);
  expect(catalog[32]).toBe(0x88);
  const code = sector(catalog.readUInt32LE(40));
  // mov si, message: where the code lies in memory, 0x7c00, plus where the message lies in it.
  const message = code.readUInt16LE(6) - 0x7c00;
  expect(code.toString('latin1', message).split('\0')[0]?.trim()).toBe(isoGreeting);
});

it('is an ISO 9660 image in the eyes of file(1), where that is installed', ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'iso-'));
  try {
    writeFileSync(join(folder, 'cd.iso'), image);
    const said = execFileSync('file', ['--brief', join(folder, 'cd.iso')], { encoding: 'utf8' });
    expect(said).toMatch(/ISO 9660 CD-ROM filesystem data 'WHITEBOX' \(bootable\)/);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip('no file(1) on this machine');
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
