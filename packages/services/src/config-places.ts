/** Where the configuration of a service comes from and where a change of it belongs. Plain data. */
export interface ConfigPlaces {
  /** The project in oslo.config's sense, as in /etc/PROJECT/PROJECT.conf. Default: the program's name up to the first "-". */
  readonly project?: string | undefined;
  /** Name of the program; found in the running process when absent. */
  readonly program?: string | undefined;
  /**
   * For services whose files are copied or bound from elsewhere: path as the process sees it -> path on the host, of
   * files or of directories; the longest match counts. Empty: the same path.
   */
  readonly sources?: Readonly<Record<string, string>> | undefined;
  /** The one file (on the host) to which every change goes, whatever else is in the chain; nodes.yaml's `config_path`. */
  readonly file?: string | undefined;
  /** Middle part of the name of a drop-in file, 99-NAME.conf; default "whitebox". */
  readonly dropInName?: string | undefined;
  /** Command line from which the configuration files are told while nothing runs, as in ["nova-compute", "--config-file=..."]. */
  readonly argv?: readonly string[] | undefined;
}

/** The path on the host of a file that the process sees under `path`; undefined when it exists in a container alone. */
export function hostPathOf(places: ConfigPlaces, path: string, contained: boolean): string | undefined {
  const matches = Object.entries(places.sources ?? {})
    .filter(([inside]) => path === inside || path.startsWith(withSlash(inside)))
    .sort(([a], [b]) => b.length - a.length);
  const [match] = matches;
  if (match === undefined) return contained ? undefined : path;
  const [inside, outside] = match;
  return path === inside ? outside : `${withSlash(outside)}${path.slice(withSlash(inside).length)}`;
}

/** Where the process sees a file of the host. */
export function insidePathOf(places: ConfigPlaces, hostPath: string): string {
  const matches = Object.entries(places.sources ?? {})
    .filter(([, outside]) => hostPath === outside || hostPath.startsWith(withSlash(outside)))
    .sort(([, a], [, b]) => b.length - a.length);
  const [match] = matches;
  if (match === undefined) return hostPath;
  const [inside, outside] = match;
  return hostPath === outside ? inside : `${withSlash(inside)}${hostPath.slice(withSlash(outside).length)}`;
}

function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`;
}
