/** The Nova release of a cloud: that of its oldest nova-compute, else as far as its API tells. */
export class Release {
  /** Nova's own versions that fit: [26] for Zed; several where releases cannot be told apart. Empty: older than all known. */
  readonly majorVersions: readonly number[];
  /** For people: "zed (compute API 2.93)". */
  readonly text: string;

  constructor(majorVersions: readonly number[], text: string) {
    this.majorVersions = majorVersions;
    this.text = text;
  }

  /** Whether it is this version of Nova or a newer one; false where the API cannot tell. */
  atLeast(major: number): boolean {
    return this.majorVersions.length > 0 && this.majorVersions.every((version) => version >= major);
  }
}
