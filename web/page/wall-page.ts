// Shows all datasets of the server, each with a link to its charts: the page of an address that names no view.

import type { Catalog } from '../stream/catalog.ts';
import style from '../style/wall.css?url';
import { byId, write } from '../text/element.ts';
import { Wall } from '../wall/wall.ts';
import { addExtras } from './extras.ts';
import { namesNothing } from './first-sight.ts';
import { wireAddressField } from './navigation.ts';
import { Problems } from './problems.ts';
import { namedView } from './view-address.ts';

/** The address of its style sheet. */
export const STYLE = style;

export function showWall(catalog: Catalog, page: URL): void {
  addEventListener('hashchange', () => {
    if (!namesNothing(location)) location.reload();
  });
  wireAddressField(undefined);
  new Problems().set(namedView(page.href, Date.now()).problems);
  write(byId('title', HTMLElement), 'All datasets');
  const subtitle = byId('subtitle', HTMLElement);
  write(subtitle, new URL('.', page).href);
  subtitle.hidden = false;
  document.title = `${page.host} – dapberry`;
  const skip = byId('skip', HTMLAnchorElement);
  skip.href = '#datasets-shown';
  write(skip, 'To the datasets');
  void addExtras(catalog);
  byId('datasets-shown', HTMLElement).replaceChildren(new Wall(page.href).element);
}
