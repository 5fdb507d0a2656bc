// Declares one text that a configuration is read from: the file itself, or a file of the folder beside it.

/** One text of a configuration. */
export interface ConfigSource {
  /** The file's path, for messages. */
  readonly name: string;
  /** The bytes of a file, so that a wrong encoding is noticed. */
  readonly content: string | Uint8Array;
  /** The name of the dataset that the whole text describes; undefined for the configuration itself. */
  readonly dataset?: string;
}
