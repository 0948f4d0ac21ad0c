/** The outage of a source: of a camera, or of a stream's server. */
export interface Outage {
  /** When the source was lost. */
  readonly since: Date;
  /** The reason, as a text for the user. */
  readonly why: string;
}
