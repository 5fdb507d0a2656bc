// Exports the type of a response format, and DAP2's own formats.

export { DAP2, DAP2_FORMATS, withoutDap2Suffix } from './dap2.ts';
export { hasRows, type ResponseFormat, suffixesOf, suffixStripper } from './response-format.ts';
