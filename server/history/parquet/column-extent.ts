// Finds the bytes of a column of a row group within its file.

import type { ColumnMetaData } from 'hyparquet';

export interface ColumnExtent {
  readonly from: number;
  readonly size: number;
}

/** The pages of the column stand one after another, its dictionary first. */
export function extentOf(column: ColumnMetaData | undefined): ColumnExtent {
  const { dictionary_page_offset, data_page_offset = 0, total_compressed_size = 0 } = column ?? {};
  return { from: Number(dictionary_page_offset ?? data_page_offset), size: Number(total_compressed_size) };
}
