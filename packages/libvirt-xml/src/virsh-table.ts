import { VirshError } from './errors.js';

/** A row of a table that virsh prints: heading -> cell. */
export type VirshRow = Readonly<Record<string, string>>;

/**
 * Reads a table as virsh prints it: a line of headings, a line of dashes, rows. Columns are at least three blanks
 * apart (vshTable, libvirt's tools/vsh-table.c); a row in which that does not tell the cells apart is cut where the
 * headings start.
 *
 * @throws VirshError `WB_VIRSH_OUTPUT` when there is no such table
 */
export function parseVirshTable(text: string): VirshRow[] {
  const lines = text.split('\n').map((line) => line.replace(/\s+$/, ''));
  const ruler = lines.findIndex((line) => /^ ?-{3,}$/.test(line));
  const heading = lines[ruler - 1];
  if (ruler < 1 || heading === undefined) throw outputError('find the table in what virsh printed', text);
  const columns = [...heading.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    name: match[0],
    start: match.index,
  }));
  return lines
    .slice(ruler + 1)
    .filter((line) => line !== '')
    .map((line) => {
      const apart = line.trim().split(/ {3,}/);
      const cells = apart.length === columns.length ? apart : cutAt(line, columns);
      return Object.fromEntries(columns.map(({ name }, index) => [name, cells[index] ?? '']));
    });
}

function cutAt(line: string, columns: readonly { readonly start: number }[]): string[] {
  return columns.map(({ start }, index) => line.slice(start, columns[index + 1]?.start).trim());
}

/** A disk of a domain as `virsh domblklist --details` lists it. */
export interface BlockDevice {
  /** file, block, network, ... */
  readonly type: string;
  /** disk, cdrom, lun, floppy */
  readonly device: string;
  /** vda */
  readonly target: string;
  /** Path or name; undefined for an empty drive. */
  readonly source: string | undefined;
}

/** Reads the output of `virsh domblklist --details`. @throws VirshError `WB_VIRSH_OUTPUT` */
export function parseBlockList(text: string): BlockDevice[] {
  return parseVirshTable(text).map((row) => {
    const source = cell(row, 'Source');
    return {
      type: cell(row, 'Type'),
      device: cell(row, 'Device'),
      target: cell(row, 'Target'),
      source: source === '-' ? undefined : source,
    };
  });
}

export interface Volume {
  readonly name: string;
  readonly path: string;
}

/** Reads the output of `virsh vol-list`. @throws VirshError `WB_VIRSH_OUTPUT` */
export function parseVolumeList(text: string): Volume[] {
  return parseVirshTable(text).map((row) => ({ name: cell(row, 'Name'), path: cell(row, 'Path') }));
}

export interface SecretSummary {
  readonly uuid: string;
  /** volume, ceph, iscsi, tls, vtpm; undefined when it says not what it is for. */
  readonly usageType: string | undefined;
  /** What it is for: a volume, or the name or target in its XML. */
  readonly usageId: string | undefined;
}

/** Reads the output of `virsh secret-list`. @throws VirshError `WB_VIRSH_OUTPUT` */
export function parseSecretList(text: string): SecretSummary[] {
  return parseVirshTable(text).map((row) => {
    // "ceph client.cinder secret", or "Unused"
    const match = /^(\S+) +(.+)$/.exec(cell(row, 'Usage'));
    return { uuid: cell(row, 'UUID').toLowerCase(), usageType: match?.[1], usageId: match?.[2] };
  });
}

export function cell(row: VirshRow, name: string): string {
  const value = row[name];
  if (value === undefined) {
    throw outputError(`find the column ${name} in a table of virsh`, `it has ${Object.keys(row).join(', ')}`);
  }
  return value;
}

export function outputError(action: string, printed: string, host?: string): VirshError {
  const shown = printed.trim();
  return new VirshError({
    code: 'WB_VIRSH_OUTPUT',
    action,
    host,
    observed: shown === '' ? 'it printed nothing' : shown.slice(0, 500),
    advice: 'Run the same virsh command by hand; this version of libvirt may print it in another form.',
  });
}
