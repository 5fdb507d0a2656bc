// Holds the only script of the server's own pages: it takes over the theme that the reader chose on the live page.

/** In the folder of all datasets. */
export const SCRIPT_PATH = 'pages.js';

/** Where the live page keeps the theme, `light` or `dark`. Without it, or without scripts, pages follow the system. */
export const THEME_KEY = 'theme';

export const PAGE_SCRIPT = `'use strict';
(() => {
  const apply = () => {
    let theme;
    try {
      theme = localStorage.getItem('${THEME_KEY}');
    } catch {
      // A browser that keeps nothing for this site follows the system.
    }
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  apply();
  addEventListener('storage', apply);
})();
`;
