// Declares the states of the page's stream of rows.

/** What the connection to the dataset is doing. */
export type StreamState =
  | { readonly state: 'connecting' }
  /** The request is under way, or it is answered and no row has come. */
  | { readonly state: 'waiting' }
  | { readonly state: 'connected' }
  /** `until`: when the next attempt is made, by `performance.now()`. */
  | { readonly state: 'reconnecting'; readonly until: number; readonly reason: string }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };
