/** Whether requests can be sent there. */
export function isHttpAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** For errors and logs: without user and password. */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '(no address)';
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
