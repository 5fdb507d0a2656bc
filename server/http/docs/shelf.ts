// Keeps the documents that were asked for last, rendered, each with its ETag.

import { readFile } from 'node:fs/promises';
import { isMissing } from '../../../device/index.ts';
import { RequestError } from '../../request-error.ts';
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
  readonly #root: URL;
  #documents: Promise<ReadonlyMap<string, Document>> | undefined;

  /** @param root the folder of the program */
  constructor(root: URL) {
    this.#root = root;
  }

  /**
   * The document at this address below `/docs/`; a page as HTML, or as Markdown if `asMarkdown` or at its own address. Undefined if there
   * is none.
   * @throws RequestError where the program has no documentation
   */
  async get(address: string, asMarkdown: boolean): Promise<Answer | undefined> {
    const documents = await this.#list();
    for (const document of documents.values()) {
      const asPage = isPage(document) && pageAddress(document) === (address === '' ? './' : address);
      if (asPage && !asMarkdown)
        return this.#keep(`page ${address}`, () => this.#renderedPage(document, documents));
      if (asPage || document.address === address)
        return this.#keep(document.path, () => this.#file(document));
    }
    return undefined;
  }

  async #list(): Promise<ReadonlyMap<string, Document>> {
    this.#documents ??= listDocuments(this.#root);
    try {
      return await this.#documents;
    } catch (error) {
      this.#documents = undefined;
      if (!isMissing(error)) throw error;
      throw new RequestError(
        404,
        'this server has no documentation: expected the folder docs beside the program, found none; install the whole package',
      );
    }
  }

  /** The newest answers, in the order in which they were asked for. */
  async #keep(key: string, make: () => Promise<Answer>): Promise<Answer | undefined> {
    const answer = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, answer);
    answer.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    try {
      return await answer;
    } catch (error) {
      // The file is gone since it was listed.
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #renderedPage(document: Document, documents: ReadonlyMap<string, Document>): Promise<Answer> {
    const text = await readFile(new URL(document.path, this.#root), 'utf8');
    // Loaded on demand: a server whose documentation nobody reads starts without the library.
    const { renderPage } = await import('./render.ts');
    return answerOf('text/html; charset=utf-8', Buffer.from(renderPage(text, document, documents)));
  }

  async #file({ path, mediaType }: Document): Promise<Answer> {
    return answerOf(mediaType, await readFile(new URL(path, this.#root)));
  }
}

function answerOf(mediaType: string, body: Buffer): Answer {
  return { mediaType, body, etag: etagOf(body.toString('base64')) };
}
