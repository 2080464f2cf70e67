import { encodePacket, maxFileBytes } from './subunit-packet.js';
import type { Attachment, TestRecord } from './test-record.js';

/** Tests as a stream of subunit, version 2: what subunit-stats, subunit2html and stackviz read. */
export function subunitStream(tests: readonly TestRecord[]): Buffer {
  return Buffer.concat(
    tests.flatMap(({ id, status, started, ended, attachments }) => [
      encodePacket({ testId: id, status: 'inprogress', timestamp: started }),
      ...attachments.flatMap((attachment) => filePackets(id, attachment)),
      encodePacket({ testId: id, status, timestamp: ended }),
    ]),
  );
}

/** Without a time: subunit-ls takes the last one before the verdict for the beginning of the test. */
function filePackets(testId: string, { name, mimeType, text }: Attachment): Buffer[] {
  const bytes = Buffer.from(text);
  const packets: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += maxFileBytes) {
    const last = at + maxFileBytes >= bytes.length;
    const file = { name, mimeType, bytes: bytes.subarray(at, at + maxFileBytes), last };
    packets.push(encodePacket({ testId, file }));
  }
  return packets;
}
