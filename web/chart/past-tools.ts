// Gathers what only charts of the past need: it is loaded when the reader looks back for the first time.

export { endIn, extentIn, nearestTime, timeBeside } from '../past/past-rows.ts';
export { PastSource } from '../past/past-source.ts';
export { PastView } from '../past/past-view.ts';
export { PastLines } from './past-lines.ts';
export { pastLegendValue } from './past-values.ts';
