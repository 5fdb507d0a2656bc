// What asks a DAP2 server over HTTP: to describe a dataset, to read it whole, to follow its Sequence for ever.

export type { Fetch } from './connection.ts';
export { type DatasetDescription, describe } from './describe.ts';
export { type FollowOptions, type FollowState, follow } from './follow.ts';
export type { Rows } from './progress.ts';
export { type ReadOptions, read } from './read.ts';
export type { Retry } from './reconnect.ts';
export { type RequestOptions, ResponseError } from './request.ts';
