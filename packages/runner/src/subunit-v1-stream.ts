import type { Attachment, TestRecord } from './test-record.js';

const outcomes = { success: 'successful', skip: 'skip', fail: 'failure' } as const;

/**
 * Tests as a stream of subunit, version 1, which is a text. A repository of stestr keeps its runs in this form to this day, whatever
 * it reads and prints (stestr/repository/file.py); the grammar is that of TestProtocolClient in subunit/__init__.py.
 */
export function subunitV1Stream(tests: readonly TestRecord[]): Buffer {
  return Buffer.concat(
    tests.flatMap(({ id, status, started, ended, attachments }) => [
      Buffer.from(`time: ${timeOf(started)}\ntest: ${id}\ntime: ${timeOf(ended)}\n`),
      Buffer.from(`${outcomes[status]}: ${id}${attachments.length === 0 ? '' : ' [ multipart'}\n`),
      ...attachments.flatMap(part),
      ...(attachments.length === 0 ? [] : [Buffer.from(']\n')]),
    ]),
  );
}

/** "2026-11-23 05:00:00.000000Z" */
function timeOf(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000Z');
}

/** One attachment, its content in the chunks of HTTP. */
function part({ name, mimeType, text }: Attachment): Buffer[] {
  const bytes = Buffer.from(text);
  const chunk =
    bytes.length === 0 ? [] : [Buffer.from(`${bytes.length.toString(16).toUpperCase()}\r\n`), bytes];
  return [Buffer.from(`Content-Type: ${mimeType}\n${name}\n`), ...chunk, Buffer.from('0\r\n')];
}
