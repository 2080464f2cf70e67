import { describe, expect, test } from 'vitest';
import { errorMessage } from './error-body.js';

const json = 'application/json; charset=UTF-8';

describe('errorMessage', () => {
  test.each([
    ['Nova', json, '{"badRequest": {"code": 400, "message": "Invalid flavor"}}', 'Invalid flavor'],
    [
      'Nova 404',
      json,
      '{"itemNotFound": {"code": 404, "message": "Instance x could not be found."}}',
      'Instance x could not be found.',
    ],
    [
      'Keystone',
      json,
      '{"error":{"code":401,"message":"Requires authentication.","title":"Unauthorized"}}',
      'Requires authentication.',
    ],
    [
      'Neutron',
      json,
      '{"NeutronError": {"type": "T", "message": "Network n could not be found.", "detail": ""}}',
      'Network n could not be found.',
    ],
    [
      'Neutron with detail',
      json,
      '{"NeutronError": {"type": "T", "message": "No.", "detail": "Because."}}',
      'No. Because.',
    ],
    [
      'Neutron as plain text',
      json,
      '{"NeutronError": "The resource could not be found."}',
      'The resource could not be found.',
    ],
    [
      'Placement',
      'application/json',
      '{"errors": [{"status": 409, "detail": "There was a conflict.\\n\\n Generation.  ", "code": "placement.concurrent_update"}]}',
      'There was a conflict. Generation. (placement.concurrent_update)',
    ],
    [
      'Placement without a code of use',
      json,
      '{"errors": [{"detail": "no", "code": "placement.undefined_code"}]}',
      'no',
    ],
    [
      'Glance',
      'text/html; charset=UTF-8',
      '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID &lt;x&gt;<br /><br />\n </body>\n</html>',
      '404 Not Found No image found with ID <x>',
    ],
    [
      'haproxy',
      'text/html',
      '<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>',
      '503 Service Unavailable No server is available.',
    ],
    ['plain text', 'text/plain', ' out of\n order ', 'out of order'],
    ['nothing', json, '', 'an empty body'],
    ['JSON without a message', json, '{"a": [1]}', '{"a": [1]}'],
    ['half of a JSON', json, '{"badRequest": {"mess', '{"badRequest": {"mess'],
  ])('%s', (_name, contentType, body, expected) => {
    expect(errorMessage(body, contentType)).toBe(expected);
  });

  test('is bounded', () => {
    expect(errorMessage('x'.repeat(100_000), 'text/plain').length).toBeLessThan(2100);
  });
});
