// Lists what a reader can take from the view; what makes files and pictures is loaded for that.

import { type ExportedView, exportedOf } from '../export/view.ts';
import type { Timeline } from '../past/timeline.ts';
import { withoutCredentials } from '../stream/address.ts';
import { write } from '../text/element.ts';
import type { DatasetSection } from './dataset-section.ts';

/** Lists in `list` what can be taken from the datasets of `sections` now. Does not reject. */
export async function fillTakeView(
  list: HTMLElement,
  sections: readonly DatasetSection[],
  timeline: Timeline,
): Promise<void> {
  const view = (): ExportedView => {
    const edge = sections.map(section => section.edge).find(each => each !== undefined);
    const { from, to } = timeline.stretch(edge ?? Date.now());
    return {
      datasets: sections.flatMap(({ plotted }) => (plotted === undefined ? [] : exportedOf(plotted))),
      shown: timeline.shown,
      stretch: { from: Math.round(from), to: Math.round(to) },
      page: withoutCredentials(location.href),
    };
  };
  const drawn = () => {
    for (const section of sections) section.draw();
    return view();
  };
  try {
    const { fillTakeList } = await import('../export/take-list.ts');
    await fillTakeList(list, view(), drawn);
  } catch {
    write(list, 'This part of the page cannot be loaded now. Close and open it to try again.');
  }
}
