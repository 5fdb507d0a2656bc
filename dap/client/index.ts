// The DAP2 client over HTTP: describes a dataset, reads it whole, or follows its Sequence for ever.

export { type FollowOptions, type FollowState, follow } from './follow/follow.ts';
export type { FollowedRows } from './follow/followed-rows.ts';
export type { Fetch } from './http/connection.ts';
export type { Retry } from './http/reconnect.ts';
export { type RequestOptions, ResponseError } from './http/request.ts';
export { type DatasetDescription, describe } from './read/describe.ts';
export { type ReadOptions, read } from './read/read.ts';
