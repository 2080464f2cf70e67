import { raceSignal, type Redactor } from '@whitebox/core';
import type { Readable } from 'node:stream';
import { BadAnswerError } from '../errors.js';

/** An answer larger than this is no answer of an API. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Which request it is that is answered, for errors. */
export interface Asked {
  readonly action: string;
  /** "GET http://controller:8774/v2.1/servers", without secrets. */
  readonly request: string;
}

/** The whole body. @throws BadAnswerError for one that has no end */
export async function readText(body: Readable, asked: Asked, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const read = async (): Promise<string> => {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw tooLarge(asked);
    }
    return Buffer.concat(chunks).toString('utf8');
  };
  try {
    return await raceSignal(read(), signal);
  } catch (error) {
    body.destroy();
    throw error;
  }
}

/** @throws BadAnswerError `WB_OPENSTACK_BAD_ANSWER` with the beginning of what it is instead */
export function parseJson(
  text: string,
  { action, request }: Asked,
  contentType: string | undefined,
  redactor: Redactor,
): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Without the cause: its message quotes the text, secrets and all.
    throw new BadAnswerError({
      code: 'WB_OPENSTACK_BAD_ANSWER',
      action,
      observed: `${request} answered ${contentType ?? 'something'} that is not JSON: ${redactor.redact(text).slice(0, 200)}`,
      advice: 'Does the address in the catalogue lead to the API, or to a web page or proxy?',
    });
  }
}

function tooLarge({ action, request }: Asked): BadAnswerError {
  return new BadAnswerError({
    code: 'WB_OPENSTACK_BAD_ANSWER',
    action,
    observed: `${request} answered more than ${MAX_BODY_BYTES} bytes`,
    advice: 'Ask for less (filters, pages), or check that the address is that of the API.',
  });
}
