// Makes the page a screen on a wall: no controls, datasets in turn, and nothing that waits for somebody to press it.

import { datasetValue } from '../stream/address.ts';
import { fetchCatalog } from '../stream/catalog.ts';
import { parametersOf, withParameters } from '../stream/parameters.ts';
import style from '../style/kiosk.css?url';
import { element } from '../text/element.ts';
import { hideMessage, showMessage } from '../text/message.ts';
import { Rotation } from './rotation.ts';
import { versionOf } from './upgrade.ts';
import type { WantedKiosk } from './wanted-kiosk.ts';

/** The address of its style sheet. */
export const STYLE = style;

/** Milliseconds between two looks for another page, and between two attempts to find a server that is away. */
const LOOK_EVERY = 60_000;
const TRY_EVERY = 5000;

/** Milliseconds for which a part of a page that is higher than the screen is shown. */
const TURN_EVERY = 12_000;

/** Resolves when the server answers; true if the datasets are shown in turn by now, and the page has nothing else to show. */
export async function enterKiosk(wanted: WantedKiosk, page: URL): Promise<boolean> {
  document.documentElement.setAttribute('data-kiosk', '');
  if (wanted.problem !== undefined) {
    document.body.append(element('p', { class: 'kiosk-problem', role: 'status' }, wanted.problem));
  }
  setInterval(turnPage, TURN_EVERY);
  // A page in a frame of a rotation leaves the rest to the page around it.
  if (window.parent !== window) return false;
  stayAwake();
  const version = await serverAnswers(page.href);
  setInterval(() => void renew(version, page.href), LOOK_EVERY);
  if (wanted.every === undefined) return false;
  const rotation = new Rotation(wanted.every, () => pagesOf(page));
  document.body.append(rotation.element);
  return true;
}

/** The addresses of a page for each dataset: those that the address names, else all of the server. */
async function pagesOf({ href }: URL): Promise<readonly string[]> {
  const parameters = parametersOf(href);
  // What `url=` begins is the address of one dataset.
  if (parameters.has('url')) return [withParameters(href, { kiosk: '' })];
  const named =
    parameters.get('d') ??
    (await fetchCatalog(href)).datasets.map(({ address }) =>
      datasetValue({ base: address, constraint: '' }, href),
    );
  return named.map(d => withParameters(href, { kiosk: '', d }));
}

/** The version of the server, once it answers. */
async function serverAnswers(page: string): Promise<string> {
  for (;;) {
    const version = await versionOf(page);
    if (version !== undefined) {
      hideMessage();
      return version;
    }
    showMessage('The server does not answer', 'This screen goes on when it does.');
    await new Promise(resolve => setTimeout(resolve, TRY_EVERY));
  }
}

/** Loads the page anew if the server has another one, or if a failure waits for a button; never while the server is away. */
async function renew(before: string, page: string): Promise<void> {
  const now = await versionOf(page);
  if (now === undefined) return;
  if (now !== before || isStuck(document)) location.reload();
  // The pages in frames leave this to the page around them.
  for (const { contentDocument: inside } of document.querySelectorAll('iframe'))
    if (inside !== null && isStuck(inside)) inside.location.reload();
}

function isStuck(page: Document): boolean {
  return page.querySelector('.message:not([hidden]) button:not([hidden])') !== null;
}

/** Keeps the screen on, where the browser offers that: to pages from https and from this machine. */
function stayAwake(): void {
  const ask = () => {
    if (document.visibilityState === 'visible') {
      // The system may refuse, for example with an empty battery.
      void navigator.wakeLock?.request('screen').catch(() => undefined);
    }
  };
  document.addEventListener('visibilitychange', ask);
  ask();
}

/** Shows the next part of a page that is higher than the screen; after the last one the first. */
function turnPage(): void {
  const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
  if (scrollHeight <= clientHeight + 1) return;
  const isLast = scrollTop + clientHeight >= scrollHeight - 1;
  scrollTo({ top: isLast ? 0 : scrollTop + 0.9 * clientHeight });
}
