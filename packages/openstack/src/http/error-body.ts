import { isJsonObject, type JsonObject } from '../json.js';

/**
 * The message that a service gives with an error, from each project's own shape: Nova and Cinder
 * `{"badRequest": {"message": ...}}`, Neutron `{"NeutronError": {"message", "detail"}}`, Placement
 * `{"errors": [{"detail", "code"}]}`, Keystone `{"error": {"message"}}`, Glance HTML, a proxy's page or plain text.
 */
export function errorMessage(body: string, contentType: string): string {
  const text = body.trim();
  if (text === '') return 'an empty body';
  if (contentType.includes('json') || text.startsWith('{')) {
    const message = messageOfJson(text);
    if (message !== undefined) return tidy(message);
  }
  return tidy(contentType.includes('html') || /^<(!doctype|html)/i.test(text) ? textOfHtml(text) : text);
}

function messageOfJson(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const errors = value['errors'];
  if (Array.isArray(errors)) {
    const details = errors.filter(isJsonObject).map(placementDetail);
    return details.length === 0 ? undefined : details.join('; ');
  }
  const direct = messageOf(value);
  if (direct !== undefined) return direct;
  for (const inner of Object.values(value)) {
    if (typeof inner === 'string') return inner;
    const message = isJsonObject(inner) ? messageOf(inner) : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

function messageOf(value: JsonObject): string | undefined {
  const { message, detail } = value;
  if (typeof message !== 'string') return undefined;
  return typeof detail === 'string' && detail !== '' ? `${message} ${detail}` : message;
}

function placementDetail(error: JsonObject): string {
  const { detail, title, code } = error;
  const text =
    typeof detail === 'string' ? detail : typeof title === 'string' ? title : JSON.stringify(error);
  return typeof code === 'string' && code !== 'placement.undefined_code' ? `${text.trim()} (${code})` : text;
}

function textOfHtml(html: string): string {
  return html
    .replace(/<(script|style|title)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function tidy(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 2000 ? `${line.slice(0, 2000)}...` : line;
}
