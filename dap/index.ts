// The library `dapberry/dap`: describes, constrains, encodes, decodes and follows DAP2 datasets.

export * from './client/index.ts';
export * from './protocol.ts';
