// Declares the states of the page's stream of rows, and derives them from those of `follow`.

import type { FollowState } from '../../dap/index.ts';
import { plainReason } from './reason.ts';

export type StreamState =
  | { readonly state: 'connecting' }
  /** The request is under way, or it is answered and no row has come. */
  | { readonly state: 'waiting' }
  | { readonly state: 'connected' }
  /** `until`: the time of the next attempt, by `performance.now()`. */
  | { readonly state: 'reconnecting'; readonly until: number; readonly reason: string }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

export function streamStateOf(state: Exclude<FollowState, { state: 'seam' }>): StreamState {
  if (state.state !== 'reconnecting') return state;
  const until = performance.now() + state.delay * 1000;
  return { state: 'reconnecting', until, reason: plainReason(state.reason) };
}
