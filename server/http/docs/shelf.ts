// Keeps the documents that were asked for last, rendered, each with its ETag.

import { readFile } from 'node:fs/promises';
import { PROGRAM_ROOT } from '../../version.ts';
import { etagOf } from '../responses/caching.ts';
import { type Document, isPage, listDocuments, pageAddress } from './library.ts';

export interface Answer {
  readonly mediaType: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** Answers that are kept; each takes up to a few hundred kilobytes. */
const MOST_KEPT = 12;

export class Shelf {
  readonly #kept = new Map<string, Promise<Answer>>();
  #documents: Promise<ReadonlyMap<string, Document>> | undefined;

  /**
   * The document at this address below `/docs/`; a page as HTML, or as Markdown if `asMarkdown` or at its own address. Undefined if there
   * is none.
   */
  async get(address: string, asMarkdown: boolean): Promise<Answer | undefined> {
    this.#documents ??= listDocuments(PROGRAM_ROOT);
    const documents = await this.#documents.catch((error: unknown) => {
      this.#documents = undefined;
      throw error;
    });
    for (const document of documents.values()) {
      const asPage = isPage(document) && pageAddress(document) === (address === '' ? './' : address);
      if (asPage && !asMarkdown)
        return this.#keep(`page ${address}`, () => renderedPage(document, documents));
      if (asPage || document.address === address) return this.#keep(document.path, () => file(document));
    }
    return undefined;
  }

  /** The newest answers, in the order in which they were asked for. */
  #keep(key: string, make: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, answer);
    answer.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return answer;
  }
}

async function renderedPage(document: Document, documents: ReadonlyMap<string, Document>): Promise<Answer> {
  const text = await readFile(new URL(document.path, PROGRAM_ROOT), 'utf8');
  // Loaded on demand: a server whose documentation nobody reads starts without the library.
  const { renderPage } = await import('./render.ts');
  return answerOf('text/html; charset=utf-8', Buffer.from(renderPage(text, document, documents)));
}

async function file({ path, mediaType }: Document): Promise<Answer> {
  return answerOf(mediaType, await readFile(new URL(path, PROGRAM_ROOT)));
}

function answerOf(mediaType: string, body: Buffer): Answer {
  return { mediaType, body, etag: etagOf(body.toString('base64')) };
}
