// What the page shows of columns of text: the latest value of each, since text cannot be drawn as a line.

import type { ChannelReport } from '../rows/recording.ts';
import type { Channel } from '../stream/describe.ts';
import { element, write } from '../text/element.ts';

export class TextPanel {
  readonly element: HTMLElement;
  readonly #values: ReadonlyMap<Channel, HTMLElement>;

  constructor(channels: readonly Channel[]) {
    this.#values = new Map(channels.map(channel => [channel, element('dd')]));
    const rows = channels.map(channel =>
      element(
        'div',
        { 'data-column': channel.name },
        element('dt', {}, channel.label),
        this.#values.get(channel)!,
      ),
    );
    this.element = element(
      'section',
      { class: 'panel', 'aria-label': 'Text' },
      element('dl', { class: 'texts' }, ...rows),
    );
  }

  /**
   * Shows the latest text of each of its channels; the other tracks are not its own. `isPast` where numbers are those of
   * another moment: earlier texts are not kept, so it says that these are the latest.
   */
  show(tracks: readonly ChannelReport[], isPast: boolean): void {
    this.element.classList.toggle('past', isPast);
    for (const { channel, latest } of tracks) {
      const value = this.#values.get(channel);
      if (value !== undefined) write(value, typeof latest === 'string' ? latest : '');
    }
  }
}
