// Holds the style sheet of the server's own pages, with the colours of the live page.

/** In the folder of all datasets. */
export const STYLE_PATH = 'pages.css';

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f5f8, #0d1117);
  --surface: light-dark(#ffffff, #161b22);
  --text: light-dark(#1b2430, #e4e9ef);
  --muted: light-dark(#566273, #9aa7b6);
  --line-soft: light-dark(#dde3ea, #2b323b);
  --accent: light-dark(#8c1d4b, #f08bb4);
  --link: light-dark(#0060a8, #6cb6f5);
  --bad: light-dark(#b3261e, #ff8a80);
  --radius: 0.6rem;
  --edge: color-mix(in srgb, var(--muted) 55%, transparent);
  font: 100% / 1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 0 clamp(0.8rem, 3vw, 1.5rem) 3rem; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
h1 { margin: 1rem 0 0.6rem; font-size: clamp(1.3rem, 3vw, 1.75rem); line-height: 1.2; text-wrap: balance; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 1.5rem 0 0.4rem; font-size: 1.05rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0.6rem; top: 0.6rem; padding: 0.4rem 0.8rem; background: var(--surface); z-index: 3; }
.masthead { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.3rem 1.5rem; padding: 0.8rem 0 0.5rem; border-bottom: 1px solid var(--line-soft); }
.brand { margin: 0; font-weight: 600; }
.brand a { color: var(--accent); text-decoration: none; }
.brand span { margin-left: 0.5rem; }
.site { display: flex; flex-wrap: wrap; gap: 0.1rem; margin: 0 -0.6rem; }
.site a { padding: 0.3rem 0.6rem; border-radius: 2rem; color: var(--text); text-decoration: none; }
.site a:hover { background: var(--line-soft); }
.site a[aria-current] { background: var(--accent); color: var(--surface); font-weight: 600; }
.responses { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0 0 1rem; font-size: 0.92rem; }
.responses a { min-height: 24px; }
.responses strong { flex-basis: 100%; font-weight: 400; color: var(--muted); }
table { border-collapse: collapse; width: 100%; }
.wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line-soft); }
thead th { color: var(--muted); font-size: 0.85rem; font-weight: 600; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
pre { overflow-x: auto; overflow-wrap: normal; padding: 0.7rem 0.9rem; border: 1px solid var(--line-soft); border-radius: var(--radius); background: var(--surface); }
fieldset { border: 1px solid var(--line-soft); border-radius: var(--radius); background: var(--surface); margin: 0 0 1rem; min-width: 0; }
legend { font-weight: 600; }
input, select, button { font: inherit; color: inherit; max-width: 100%; min-height: 2.1rem; padding: 0.2rem 0.6rem; border: 1px solid var(--edge); border-radius: 0.4rem; background: var(--surface); }
input[type="checkbox"] { min-height: 0; accent-color: var(--accent); }
input[type="number"] { width: 7rem; }
.wider { width: 100%; }
fieldset label { white-space: nowrap; }
fieldset p label { white-space: normal; }
button { padding-inline: 0.9rem; margin: 0 0.4rem 0.4rem 0; cursor: pointer; }
button:hover { border-color: var(--muted); }
.error { border-left: 0.3rem solid var(--bad); padding: 0.4rem 0.9rem; background: var(--surface); white-space: pre-wrap; }
.hint, .muted { color: var(--muted); }
.search { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 1rem; }
.search input { flex: 1; min-width: 12rem; }
.search button { margin: 0; }
.datasets { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.75rem; }
.datasets > li { padding: 0.8rem 1rem; border: 1px solid var(--line-soft); border-radius: var(--radius); background: var(--surface); }
.datasets h2 { margin: 0; font-size: 1.05rem; }
.datasets p { margin: 0.2rem 0; }
.datasets .responses { margin: 0.4rem 0 0; }
.contents { margin: 0 0 1.5rem; padding: 0.5rem 1rem; border: 1px solid var(--line-soft); border-radius: var(--radius); background: var(--surface); }
.contents ul { margin: 0.3rem 0; padding-left: 1.2rem; }
.contents summary { cursor: pointer; font-weight: 600; }
.doc img { max-width: 100%; height: auto; border-radius: var(--radius); background: #fff; }
.doc blockquote { margin-left: 0; padding-left: 1rem; border-left: 0.25rem solid var(--line-soft); color: var(--muted); }
.doc :is(h2, h3, h4):target { background: color-mix(in srgb, var(--accent) 18%, transparent); }
@media (pointer: coarse) {
  input, select, button { min-height: 2.6rem; }
  .site a { padding-block: 0.55rem; }
}
@media (max-width: 40rem) {
  /* On a phone the two columns of the help stand one above the other. */
  table:not(:has(th)) td { display: block; padding-right: 0; }
  table:not(:has(th)) td:first-child { padding-bottom: 0; border-bottom: 0; }
}
@media print {
  :root { color-scheme: light; }
  .site, .skip, .contents { display: none; }
}
`;
