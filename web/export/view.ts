// Declares what the page shows now, for everything that is made of it: files, pictures, and lines to paste.

import { DAP2, type ResponseFormat } from '../../dap/formats/index.ts';
import { fromMillis } from '../../dap/model/time-units.ts';
import type { Stretch } from '../past/past-rows.ts';
import type { Shown } from '../past/timeline.ts';
import { type DatasetAddress, encodedConstraint } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';

/** A dataset as it is plotted now. */
export interface PlottedDataset {
  readonly address: DatasetAddress;
  readonly description: Description;
  /** Those of its server. */
  readonly formats: readonly ResponseFormat[];
  /** The element around its charts. */
  readonly charts: HTMLElement;
}

export interface ExportedDataset extends Omit<PlottedDataset, 'formats'> {
  /** Its server gives CSV itself. */
  readonly hasCsv: boolean;
  /** The names of the columns that are not hidden, in their order. */
  readonly columns: readonly string[];
}

export interface ExportedView {
  /** The datasets that are plotted now. */
  readonly datasets: readonly ExportedDataset[];
  readonly shown: Shown;
  /** The time in the charts at this moment: that of a moving window ends now. */
  readonly stretch: Stretch;
  /** The address of the page. */
  readonly page: string;
}

/** The suffix of the server's own CSV. */
export const CSV = '.csv';

/** The hidden columns in the charts: one that is alone in its chart takes the chart along, and one of text has no line. */
const HIDDEN = '.legend li:has([aria-pressed="false"]), .panel[hidden] .legend li, .texts [hidden]';

/** What can be taken from a dataset as it is shown now. */
export function exportedOf({ formats, ...plotted }: PlottedDataset): ExportedDataset {
  const hasCsv = formats.some(({ suffix }) => suffix === CSV);
  return { ...plotted, hasCsv, columns: columnsShown(plotted.description, plotted.charts) };
}

/** The columns whose legends do not say that they are hidden, and whose charts are there. */
function columnsShown({ columns }: Description, charts: HTMLElement): string[] {
  const hidden = new Set(
    [...charts.querySelectorAll<HTMLElement>(HIDDEN)].map(item => item.getAttribute('data-column')),
  );
  return columns.map(({ name }) => name).filter(name => !hidden.has(name));
}

/**
 * The constraint that asks for exactly the rows and columns that are shown, decoded; undefined if the rows have no times to bound
 * them by, so that they might never end.
 */
export function shownConstraint(
  { address: { constraint }, description, columns }: Omit<ExportedDataset, 'charts' | 'hasCsv'>,
  { from, to }: Stretch,
): string | undefined {
  const { sequence, time, amongOthers } = description;
  const column = time && `${sequence}.${time.name}`;
  // A range of rows has an end, and counts other rows if a bound stands beside it.
  if (constraint.includes('[')) return constraint;
  if (time === undefined || !time.absolute) return undefined;
  const isAll = columns.length === description.columns.length;
  const all = amongOthers ? sequence : '';
  const some = [time.name, ...columns].map(name => `${sequence}.${name}`).join();
  const [low, high] = [from, to].map(at => fromMillis(time.units, at));
  return `${constraint || (isAll ? all : some)}&${column}>=${low}&${column}<${high}`;
}

/** The address of a response with those rows, without user and password. Below `past/` an answer does not wait for rows to come. */
export function shownAddressOf(
  dataset: Omit<ExportedDataset, 'charts' | 'hasCsv'>,
  stretch: Stretch,
  suffix: string,
): string | undefined {
  const constraint = shownConstraint(dataset, stretch);
  if (constraint === undefined) return undefined;
  const address = new URL(`${dataset.address.base}${suffix}`);
  address.username = '';
  address.password = '';
  const path = suffix === CSV ? address.pathname.replace(/[^/]*$/, 'past/$&') : address.pathname;
  // In a path, curl takes brackets for a range of addresses.
  address.pathname = path.replace(/[[\]]/g, encodeURIComponent);
  return `${address.href}?${encodedConstraint({ constraint })}`;
}

/** The suffix of the text that every DAP2 server has. */
export const TEXT = DAP2.ascii.suffix;

/** A name such as `roof_20261127T000000Z_20261128T000000Z.csv`, as the server gives it. */
export function fileNameOf(name: string, { from, to }: Stretch, suffix: string): string {
  const stamp = (time: number) => {
    const iso = new Date(time).toISOString();
    return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  };
  return `${name.replaceAll(/[^\w.-]+/g, '_')}_${stamp(from)}_${stamp(to)}${suffix}`;
}
