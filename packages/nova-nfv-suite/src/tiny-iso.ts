const sectorBytes = 2048;
/** The guest writes this to its first serial port when it has booted from the image. */
export const isoGreeting = 'Whitebox: booted from the CD.';

const sector = {
  descriptor: 16,
  boot: 17,
  end: 18,
  catalog: 19,
  code: 20,
  pathTable: 21,
  root: 22,
  count: 23,
};

/** A bootable CD of 46 KiB: ISO 9660 (ECMA-119) with an El Torito boot record, an empty root directory and a greeting. */
export function tinyIso(): Uint8Array {
  const image = Buffer.alloc(sector.count * sectorBytes);
  const at = (index: number): Buffer => image.subarray(index * sectorBytes, (index + 1) * sectorBytes);
  writeDescriptor(at(sector.descriptor));
  writeBootRecord(at(sector.boot));
  at(sector.end).set([255, ...ascii('CD001'), 1]);
  writeCatalog(at(sector.catalog));
  at(sector.code).set(bootCode());
  // The one entry of the path table is the root: its name is one zero byte.
  const table = at(sector.pathTable);
  table.set([1, 0]);
  table.writeUInt32LE(sector.root, 2);
  table.writeUInt16LE(1, 6);
  const root = at(sector.root);
  root.set(directoryRecord(0), 0);
  root.set(directoryRecord(1), 34);
  return image;
}

/** ECMA-119, 8.4: numbers of both byte orders, names filled up with blanks. */
function writeDescriptor(sectorOf: Buffer): void {
  sectorOf.set([1, ...ascii('CD001'), 1]);
  sectorOf.fill(' ', 8, 72);
  sectorOf.write('WHITEBOX', 40, 'latin1');
  both32(sectorOf, 80, sector.count);
  both16(sectorOf, 120, 1);
  both16(sectorOf, 124, 1);
  both16(sectorOf, 128, sectorBytes);
  both32(sectorOf, 132, 10);
  sectorOf.writeUInt32LE(sector.pathTable, 140);
  sectorOf.set(directoryRecord(0), 156);
  sectorOf.fill(' ', 190, 813);
  for (const date of [813, 830, 847, 864]) sectorOf.write('0000000000000000', date, 'latin1');
  sectorOf[881] = 1;
}

/** El Torito 1.0, figure 7: where the catalog is. */
function writeBootRecord(sectorOf: Buffer): void {
  sectorOf.set([0, ...ascii('CD001'), 1]);
  sectorOf.write('EL TORITO SPECIFICATION', 7, 'latin1');
  sectorOf.writeUInt32LE(sector.catalog, 71);
}

/** El Torito 1.0, 2.1 and 2.2: a validation entry whose words add up to 0, and the default entry without emulation. */
function writeCatalog(sectorOf: Buffer): void {
  sectorOf.set([1, 0]);
  sectorOf.set([0x55, 0xaa], 30);
  let sum = 0;
  for (let word = 0; word < 32; word += 2) sum += sectorOf.readUInt16LE(word);
  sectorOf.writeUInt16LE((0x10000 - (sum & 0xffff)) & 0xffff, 28);
  sectorOf.set([0x88, 0], 32);
  // Virtual sectors of 512 bytes.
  sectorOf.writeUInt16LE(sectorBytes / 512, 38);
  sectorOf.writeUInt32LE(sector.code, 40);
}

/** Real-mode code, which the BIOS puts at 0x7c00: writes the greeting to COM1, then halts. */
function bootCode(): Uint8Array {
  const code = [
    ...[0x31, 0xc0], //             xor ax, ax
    ...[0x8e, 0xd8], //             mov ds, ax
    ...[0xfc], //                   cld
    ...[0xbe, 0x00, 0x00], //       mov si, message
    ...[0xac], //             next: lodsb
    ...[0x84, 0xc0], //             test al, al
    ...[0x74, 0x11], //             jz halt
    ...[0x88, 0xc4], //             mov ah, al
    ...[0xba, 0xfd, 0x03], //       mov dx, line status of COM1
    ...[0xec], //             wait: in al, dx
    ...[0xa8, 0x20], //             test al, transmitter is empty
    ...[0x74, 0xfb], //             jz wait
    ...[0x88, 0xe0], //             mov al, ah
    ...[0xb2, 0xf8], //             mov dl, low byte of the data port
    ...[0xee], //                   out dx, al
    ...[0xeb, 0xea], //             jmp next
    ...[0xf4], //             halt: hlt
    ...[0xeb, 0xfd], //             jmp halt
  ];
  const message = 0x7c00 + code.length;
  code[6] = message & 0xff;
  code[7] = message >> 8;
  return Uint8Array.from([...code, ...ascii(`\r\n${isoGreeting}\r\n`), 0]);
}

/** ECMA-119, 9.1: the root directory as itself (name 0) or as its own parent (name 1). */
function directoryRecord(name: 0 | 1): Buffer {
  const record = Buffer.alloc(34);
  record[0] = 34;
  both32(record, 2, sector.root);
  both32(record, 10, sectorBytes);
  record[25] = 2;
  both16(record, 28, 1);
  record[32] = 1;
  record[33] = name;
  return record;
}

function both16(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt16LE(value, at);
  buffer.writeUInt16BE(value, at + 2);
}

function both32(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt32LE(value, at);
  buffer.writeUInt32BE(value, at + 4);
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
