// Offers the formats of responses: their description, and the list of those of DAP2.

export { DAP2, DAP2_FORMATS, withoutDap2Suffix } from './dap2.ts';
export { hasRows, type ResponseFormat, suffixesOf, suffixStripper } from './response-format.ts';
