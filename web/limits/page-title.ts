// Sets the title of the page, with what is beyond a limit before it.

/** Undefined while it is that of index.html. */
let title: string | undefined;
let prefix = '';

export function setPageTitle(text: string): void {
  title = text;
  show();
}

/** `text`: empty for nothing. */
export function setTitlePrefix(text: string): void {
  prefix = text;
  show();
}

function show(): void {
  title ??= document.title;
  const whole = prefix === '' ? title : `${prefix} – ${title}`;
  if (document.title !== whole) document.title = whole;
}
