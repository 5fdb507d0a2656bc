// DAP2 without the client: describes, constrains, encodes and decodes datasets. A server loads no client at its start.

export * from './constraint/index.ts';
export * from './decode/index.ts';
export * from './encode/index.ts';
export * from './formats/index.ts';
export {
  type Attribute,
  type AttributeTable,
  attributeTable,
  attributeText,
  columnAttributes,
} from './model/attributes.ts';
export { parseDas, printDas } from './model/das.ts';
export { type ReadableDas, readDas } from './model/das-recovery.ts';
export { parseDds, printDds } from './model/dds.ts';
export { DapError, parseError, printError } from './model/error.ts';
export { columnMeanings, meaningOf, NumberMeaning } from './model/meaning.ts';
export { DapSyntaxError } from './model/text-scanner.ts';
export { findTime, type TimeColumn } from './model/time-column.ts';
export { fromMillis, parseTimeUnits, type TimeUnits, toMillis } from './model/time-units.ts';
export { type Batch, type Column, type NumberColumn, newColumn, type Value, xdrSize } from './model/value.ts';
export {
  type ArrayVariable,
  ATOMIC_TYPES,
  type Atomic,
  type AtomicType,
  childrenOf,
  type DapDataset,
  type Dimension,
  type Grid,
  isAtomic,
  type Sequence,
  type Structure,
  type Variable,
} from './model/variable.ts';
