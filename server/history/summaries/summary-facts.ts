// Defines what a file of summaries states: the files of rows that it was made from, and how their columns were understood.

import { z } from 'zod';
import type { StoredFile } from '../disk/stored-file.ts';

/** A file of rows, by all that would differ if it were another one; its positions may be counted from another beginning later. */
export type SourceFile = Pick<StoredFile, 'path' | 'bytes' | 'rows' | 'firstTime' | 'lastTime'>;

/** A summarised day: its files in their order, and the number of stretches that its rows make. */
export interface SummarisedDay {
  readonly day: number;
  readonly stretches: number;
  readonly files: readonly SourceFile[];
}

export interface SummaryFacts {
  /** Seconds of a stretch. */
  readonly step: number;
  /** `meaningText` of each column of the dataset but the time. */
  readonly columns: readonly string[];
  readonly days: readonly SummarisedDay[];
}

const FACTS: z.ZodType<SummaryFacts> = z.object({
  step: z.number(),
  columns: z.array(z.string()),
  days: z.array(
    z.object({
      day: z.number(),
      stretches: z.number().int().min(1),
      files: z.array(
        z.object({
          path: z.string(),
          bytes: z.number(),
          rows: z.number(),
          firstTime: z.number(),
          lastTime: z.number(),
        }),
      ),
    }),
  ),
});

export function summaryFactsIn(text: string): SummaryFacts {
  return FACTS.parse(JSON.parse(text));
}

export function sourceFile({ path, bytes, rows, firstTime, lastTime }: SourceFile): SourceFile {
  return { path, bytes, rows, firstTime, lastTime };
}

/** Whether a day was summarised from exactly these files. */
export function isMadeFrom({ files }: SummarisedDay, sources: readonly SourceFile[]): boolean {
  return JSON.stringify(files.map(sourceFile)) === JSON.stringify(sources.map(sourceFile));
}
