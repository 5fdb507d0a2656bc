// Wires what a reader can do with the view that is shown: share it, take it along, and choose its colours.

import type { Timeline } from '../past/timeline.ts';
import { byId } from '../text/element.ts';
import type { DatasetSection } from './dataset-section.ts';
import { Menu } from './menu.ts';
import { watchHash } from './other-page.ts';
import { wireShare } from './share.ts';
import { fillTakeView } from './take-view.ts';
import { offerThemes } from './theme-menu.ts';
import type { Theme } from './view-address.ts';

export interface ViewParts {
  readonly sections: readonly DatasetSection[];
  readonly timeline: Timeline;
  /** The link of the view. */
  link(): string;
  theme(): Theme | undefined;
  chooseTheme(theme: Theme | undefined): void;
}

/** Wires all of them. Returns what to call when the view has changed. */
export function wireViewParts(parts: ViewParts): () => void {
  watchHash();
  const menu = new Menu(byId('more', HTMLButtonElement), byId('more-list', HTMLElement));
  const share = wireShare({
    link: () => parts.link(),
    fill: list => fillTakeView(list, parts.sections, parts.timeline),
  });
  menu.add({ label: 'CSV, picture, embed …', run: share.open });
  offerThemes(
    menu,
    () => parts.theme(),
    theme => parts.chooseTheme(theme),
  );
  return share.viewChanged;
}
