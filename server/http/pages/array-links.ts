// Writes the links of a stretch to its responses, and the links of a dataset to its stretches, relative, so that they work behind any prefix.

import type { FastifyRequest } from 'fastify';
import { type AttributeTable, DAP2, type DapDataset, type ResponseFormat } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Stretch } from '../../dataset/stretch.ts';
import { periodAround, stretchName } from '../../dataset/stretch-name.ts';
import { type Html, html } from './html.ts';

/** A stretch that a page shows. */
export interface ShownStretch {
  readonly dataset: Dataset;
  /** As the address names it. */
  readonly name: string;
  readonly stretch: Pick<Stretch, 'from' | 'to' | 'count'>;
  /** The Arrays of the whole stretch, and their attributes. */
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /** The query of the page, percent-encoded, without `?`. */
  readonly query: string;
  readonly request: FastifyRequest;
}

/** A stretch that can be read now. */
export interface StretchLink {
  readonly label: 'today' | 'yesterday' | 'month';
  /** The address relative to the catalogue: `roof/2026-11-28`. */
  readonly url: string;
}

const DAY = 86_400;

/** The words of a link to a stretch. */
const WORDS: Readonly<Record<StretchLink['label'], string>> = {
  today: 'today until now',
  yesterday: 'yesterday',
  month: 'this month until now',
};

/** The parts of today, yesterday and this month (UTC) that have rows and can be read now. */
export function stretchLinks(dataset: Dataset, now: number): readonly StretchLink[] {
  const { firstTime } = dataset.status().store?.extent ?? {};
  if (firstTime === undefined) return [];
  const today = periodAround(now, 'day');
  const stretches = [
    ['today', today],
    ['yesterday', { from: today.from - DAY, to: today.from }],
    ['month', periodAround(now, 'month')],
  ] as const;
  return stretches.flatMap(([label, time]) => {
    const part = dataset.readablePart(time);
    return part === undefined || part.to <= firstTime
      ? []
      : [{ label, url: `${dataset.info.name}/${stretchName(part)}` }];
  });
}

/** A line with the links of a dataset to its stretches; nothing without any. */
export function stretchNav(dataset: Dataset, now: number): Html {
  const links = stretchLinks(dataset, now).map(
    ({ label, url }) => html`<a href="${url}${DAP2.form.suffix}">${WORDS[label]}</a>\n`,
  );
  if (links.length === 0) return html``;
  return html`<nav class="responses" aria-label="Arrays"><strong>For xarray, netCDF, R, CDO, NCO and Octave, as Arrays:</strong>\n${links}</nav>`;
}

/** One link a response of a stretch. */
export function arrayNav(dataset: Dataset, name: string, formats: readonly ResponseFormat[]): Html {
  const items = formats.map(
    ({ suffix, label }) => html`<a href="${name}${suffix}">${label} (${suffix})</a>\n`,
  );
  return html`<nav class="responses" aria-label="Responses">
<a href="../${dataset.info.name}${DAP2.form.suffix}">the endless dataset</a>
${items}</nav>`;
}
