export interface PrintedDomain {
  readonly uuid: string;
  /** Whether it is that of a domain that runs: only those have an id. */
  readonly live: boolean;
  readonly text: string;
}

/** The domains in what `virsh dumpxml` printed, one or several. */
export function domainsIn(printed: string): PrintedDomain[] {
  // What a guest may have put into its XML is escaped, so this is always the end of one.
  return printed.split(/(?<=<\/domain>)/).flatMap((part) => {
    const text = part.trim();
    const [, attributes] = /^<domain\b([^>]*)>/.exec(text) ?? [];
    const [, uuid] = /<uuid>([^<]+)<\/uuid>/.exec(text) ?? [];
    if (attributes === undefined || uuid === undefined) return [];
    return [{ uuid: uuid.toLowerCase(), live: /\sid=/.test(attributes), text }];
  });
}
