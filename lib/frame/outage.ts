/** Why a source gives no frames: it is lost (a camera, or a stream's server), or closed outside its hours. */
export interface Outage {
  /** When the source was lost. */
  readonly since: Date;
  /** The reason, as a text for the user. */
  readonly why: string;
}

/** A source outside its hours: it is not captured. */
export interface Closure {
  readonly since: Date;
  /** When its hours begin; undefined if they never do. */
  readonly until: Date | undefined;
}
