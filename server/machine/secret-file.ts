// Gives the server the reader of secret files, which sensors use as well.

export { type FileFault, NO_CREDENTIALS, readSecret, secretPath } from '../../device/index.ts';
