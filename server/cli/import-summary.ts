// Says how many rows an import has taken and dropped.

import type { DatasetCounts } from '../importing/dataset-import.ts';
import { counted } from '../text/terminal-text.ts';

export function importSummary({
  dataset,
  imported,
  doubles,
  conflicts,
  firstConflict,
  days,
}: DatasetCounts): readonly string[] {
  const into = imported === 0 ? '' : ` into ${counted(days, 'day')}`;
  const lines = [`${dataset}: ${counted(imported, 'row')} imported${into}`];
  if (doubles > 0) lines.push(`${dataset}: ${counted(doubles, 'row')} dropped: already there`);
  if (firstConflict !== undefined) {
    const time = new Date(firstConflict * 1000).toISOString();
    lines.push(
      `${dataset}: ${counted(conflicts, 'row')} dropped: other values at the time of a row that stays, first at ${time}`,
    );
  }
  return lines;
}
