// Exports the type of a response format, DAP2's own formats, and the headers of rows that a server stored or passes on.

export { DAP2, DAP2_FORMATS, withoutDap2Suffix } from './dap2.ts';
export { RELAY_PATH } from './relay-path.ts';
export {
  type FormatOption,
  hasRows,
  type ResponseFormat,
  suffixesOf,
  suffixStripper,
} from './response-format.ts';
export { STORED_UNTIL } from './stored-until.ts';
