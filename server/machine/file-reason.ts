// Gives the server the words for files that could not be read, which sensors use as well.

export { codeOf, reasonOf } from '../../device/index.ts';
