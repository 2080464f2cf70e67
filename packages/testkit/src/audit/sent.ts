/** Something that an audit has sent to the cloud. */
export interface Sent {
  readonly kind: 'command' | 'file' | 'connection' | 'statement' | 'request';
  /** The machine, the database, the service. */
  readonly where: string;
  readonly text: string;
  /** The entry of the list of what is allowed. */
  readonly allowedAs: string | undefined;
}

export type Sending = (sent: Sent) => void;
