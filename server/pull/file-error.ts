// Explains in a sentence why a file cannot be read or written.

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read or write it',
  EDQUOT: 'the disk quota of this user is exceeded',
  EISDIR: 'expected a file, found a folder',
  ELOOP: 'expected a file, found a loop of symbolic links',
  EFBIG: 'it has reached the size limit of this system',
  ENOENT: 'the file or its folder does not exist',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'expected a folder in its path, found a file',
  EPERM: 'this user may not read or write it',
  EROFS: 'the file system is read-only',
};

const ANOTHER = 'name another file with --output';

const FOLDER_REASONS: Readonly<Record<string, string>> = {
  ENOENT: `expected a folder, found none; create it, or ${ANOTHER}`,
  ENOTDIR: `expected a folder, found a file; ${ANOTHER}`,
  EACCES: `this user may not read and enter the folder; change its permissions, or ${ANOTHER}`,
};

/** The error with the file's name and the reason in words; errors other than the system's stay unchanged. */
export function fileError(path: string, error: unknown, then = ''): unknown {
  const { code } = error as { readonly code?: unknown };
  if (error instanceof RangeError) return new Error(`${path}: ${error.message}`, { cause: error });
  if (!(error instanceof Error) || typeof code !== 'string' || error instanceof FileError) return error;
  return new FileError(`${path}: ${REASONS[code] ?? error.message} (${code})${then}`, code, error);
}

/** The error for a folder that cannot be listed, with an action. */
export function folderError(folder: string, error: unknown): Error {
  const { code = '' } = error as { readonly code?: string };
  const said = FOLDER_REASONS[code] ?? `expected a folder that this user may read and enter (${code})`;
  return new Error(`${folder}: ${said}`, { cause: error });
}

/** An error of a file whose message is written for a person. */
class FileError extends Error {
  readonly code: string;

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
