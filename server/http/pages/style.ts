// Holds the style sheet of the server's own pages, light and dark.

/** Beside the datasets; pages link to it by a relative address. */
export const STYLE_PATH = '/pages.css';

export const PAGE_STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
code, pre, input, select, button { font: inherit; }
code { overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8884; border-radius: .3rem; }
fieldset { border: 1px solid #8884; border-radius: .3rem; margin: 0 0 1rem; min-width: 0; }
input, select { max-width: 100%; box-sizing: border-box; }
input[type=number] { width: 6rem; }
label { white-space: nowrap; }
p label { white-space: normal; }
button { padding: .3rem .9rem; margin: 0 .4rem .4rem 0; }
.error { border-left: .3rem solid #c33; padding-left: .8rem; white-space: pre-wrap; }
nav a { margin-right: 1rem; }
@media (max-width: 40rem) {
  /* On a phone the two columns of the help stand one above the other. */
  table:not(:has(th)) td { display: block; padding-right: 0; }
  table:not(:has(th)) td:first-child { padding-bottom: 0; border-bottom: 0; }
}
`;
