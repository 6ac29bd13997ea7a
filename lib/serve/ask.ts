/** A request, whichever server it came to. */
export interface Ask {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** @param name - In lower case. */
  header(name: string): string | undefined;
  /** @throws {TorchError} `ERR_BODY_TOO_LARGE`, `ERR_REQUEST`. */
  body(limit: number): Promise<Uint8Array>;
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}
