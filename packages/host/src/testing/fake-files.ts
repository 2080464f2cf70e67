import { HostError, type HostErrorCode } from '../errors.js';

/** What is known of a file besides its content. */
export interface FakeAttributes {
  readonly owner: string;
  readonly group: string;
  /** Permission bits. */
  readonly mode: number;
  /** SELinux label, as in "system_u:object_r:etc_t:s0". */
  readonly label?: string | undefined;
}

export interface FakeFile extends FakeAttributes {
  readonly content: Uint8Array;
}

type Entry =
  | { readonly kind: 'file'; file: FakeFile }
  | { readonly kind: 'directory'; attributes: FakeAttributes }
  | { readonly kind: 'link'; readonly target: string };

const rootFile: FakeAttributes = { owner: 'root', group: 'root', mode: 0o644 };
const rootDirectory: FakeAttributes = { owner: 'root', group: 'root', mode: 0o755 };

/** The files of a machine that does not exist. Directories are made as files need them. */
export class FakeFiles {
  readonly #host: string;
  readonly #user: string;
  readonly #entries = new Map<string, Entry>([['/', { kind: 'directory', attributes: rootDirectory }]]);

  constructor(host: string, user: string) {
    this.#host = host;
    this.#user = user;
  }

  /** Puts a file there, with all directories above it. */
  write(path: string, content: string | Uint8Array, attributes: Partial<FakeAttributes> = {}): void {
    this.directory(parentOf(path));
    const file: FakeFile = { ...rootFile, ...attributes, content: bytesOf(content) };
    this.#entries.set(path, { kind: 'file', file });
  }

  directory(path: string, attributes: Partial<FakeAttributes> = {}): void {
    if (path !== '/') this.directory(parentOf(path));
    if (this.#entries.has(path) && Object.keys(attributes).length === 0) return;
    this.#entries.set(path, { kind: 'directory', attributes: { ...rootDirectory, ...attributes } });
  }

  link(path: string, target: string): void {
    this.directory(parentOf(path));
    this.#entries.set(path, { kind: 'link', target });
  }

  remove(path: string): void {
    for (const known of [...this.#entries.keys()]) {
      if (known === path || known.startsWith(`${path}/`)) this.#entries.delete(known);
    }
  }

  /** The file that a path leads to, links followed; undefined when there is none. */
  get(path: string): FakeFile | undefined {
    const entry = this.#entries.get(this.#follow(path, 'look at'));
    return entry?.kind === 'file' ? entry.file : undefined;
  }

  text(path: string): string | undefined {
    const file = this.get(path);
    return file === undefined ? undefined : Buffer.from(file.content).toString('utf8');
  }

  /** All paths of directories, sorted. */
  directories(): string[] {
    return [...this.#entries].flatMap(([path, entry]) => (entry.kind === 'directory' ? [path] : [])).sort();
  }

  /** All paths of files and links, sorted. */
  paths(): string[] {
    return [...this.#entries].flatMap(([path, entry]) => (entry.kind === 'directory' ? [] : [path])).sort();
  }

  /** As {@link Host.readFile} does it. */
  read(path: string): Uint8Array {
    const action = `read ${path}`;
    const real = this.#follow(path, action);
    const entry = this.#entries.get(real);
    if (entry === undefined) throw this.#error('WB_HOST_NO_FILE', action, 'No such file or directory');
    if (entry.kind !== 'file') throw this.#error('WB_HOST_NOT_A_FILE', action, 'Is a directory');
    if (!this.#allowed(entry.file, 4)) throw this.#error('WB_HOST_DENIED', action, 'Permission denied');
    return Uint8Array.from(entry.file.content);
  }

  /** As {@link Host.replaceFile} does it. */
  replace(path: string, content: Uint8Array, mode: number): void {
    const action = `replace ${path}`;
    const real = this.#follow(path, action);
    const directory = this.#entries.get(parentOf(real));
    if (directory?.kind !== 'directory') {
      throw this.#error('WB_HOST_NO_FILE', action, 'No such file or directory');
    }
    const entry = this.#entries.get(real);
    if (entry !== undefined && entry.kind !== 'file') {
      throw this.#error('WB_HOST_NOT_A_FILE', action, 'Is a directory');
    }
    const foreign = entry !== undefined && entry.file.owner !== this.#user && this.#user !== 'root';
    if (foreign || !this.#allowed(directory.attributes, 2)) {
      throw this.#error('WB_HOST_DENIED', action, 'Permission denied');
    }
    const attributes = entry?.file ?? { owner: this.#user, group: this.#user, mode };
    this.#entries.set(real, { kind: 'file', file: { ...attributes, content: Uint8Array.from(content) } });
  }

  #allowed({ owner, mode }: FakeAttributes, bit: 2 | 4): boolean {
    if (this.#user === 'root') return true;
    return (mode & (owner === this.#user ? bit << 6 : bit)) !== 0;
  }

  #follow(path: string, action: string): string {
    let real = path;
    for (let hops = 0; hops < 40; hops += 1) {
      const entry = this.#entries.get(real);
      if (entry?.kind !== 'link') return real;
      real = entry.target.startsWith('/') ? entry.target : joined(parentOf(real), entry.target);
    }
    throw this.#error('WB_HOST_NO_FILE', action, 'Too many levels of symbolic links');
  }

  #error(code: HostErrorCode, action: string, observed: string): HostError {
    return new HostError({
      code,
      action,
      host: this.#host,
      observed,
      advice: 'This is a FakeHost: put the file there with host.files.write(path, content, attributes).',
    });
  }
}

function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

function joined(directory: string, relative: string): string {
  const parts = directory.split('/').filter((part) => part !== '');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : Uint8Array.from(content);
}
