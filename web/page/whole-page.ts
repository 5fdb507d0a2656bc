// Declares the parts of the page that belong to a dataset, and gives a dataset that is alone those of index.html.

import { setPageTitle } from '../limits/page-title.ts';
import { byId, type FindPart } from '../text/element.ts';

export interface DatasetParts {
  readonly find: FindPart;
  /** Shows the title of the dataset and, smaller, its institution and address. */
  title(title: string, subtitle: string): void;
}

/** The parts of a dataset that is alone on the page. */
export const WHOLE_PAGE: DatasetParts = { find: byId, title: showTitle };

export function showTitle(title: string, subtitle: string): void {
  byId('title', HTMLElement).textContent = title;
  const shown = byId('subtitle', HTMLElement);
  shown.textContent = subtitle;
  shown.hidden = subtitle === '';
  setPageTitle(`${title} – dapberry`);
}
