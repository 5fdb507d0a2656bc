// Makes the style sheet of an embedded chart from the style sheets of the page. As a constructed sheet it needs no permission of a
// Content-Security-Policy.

import base from '../style/base.css?inline';
import charts from '../style/charts.css?inline';
import comfort from '../style/comfort.css?inline';
import cursor from '../style/cursor.css?inline';
import embedded from '../style/embedded.css?inline';
import legend from '../style/legend.css?inline';
import limits from '../style/limits.css?inline';
import narrow from '../style/narrow.css?inline';

let made: CSSStyleSheet | undefined;

/** One sheet for all embedded charts. */
export function embeddedSheet(): CSSStyleSheet {
  if (made !== undefined) return made;
  made = new CSSStyleSheet();
  made.replaceSync([base, charts, legend, limits, cursor, narrow, comfort, embedded].map(scoped).join('\n'));
  return made;
}

/** A shadow tree has no `:root`, and the width of the element counts in it, not that of the window. */
function scoped(css: string): string {
  return css
    .replaceAll(':root', '.embedded')
    .replaceAll(/@media\s*(?:screen and\s*)?\(((?:max-|min-)?width)/g, '@container ($1');
}
