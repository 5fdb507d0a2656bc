// What asks a DAP2 server over HTTP: to describe a dataset, to read it whole, to follow its Sequence for ever.

export { type FollowOptions, type FollowState, follow } from './follow/follow.ts';
export type { FollowedRows } from './follow/followed-rows.ts';
export type { Fetch } from './http/connection.ts';
export type { Retry } from './http/reconnect.ts';
export { type RequestOptions, ResponseError } from './http/request.ts';
export { type DatasetDescription, describe } from './read/describe.ts';
export { type ReadOptions, read } from './read/read.ts';
