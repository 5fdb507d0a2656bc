// The format `.nc`: rows of a window as a netCDF classic file, its length known from the first byte.

import type { RowFormat } from './row-format.ts';

export const netcdf: RowFormat = {
  suffix: '.nc',
  mediaType: 'application/x-netcdf',
  label: 'netCDF',
  summary: 'a window of rows as a netCDF file, for xarray, MATLAB, R, NCO, Panoply',
  constrainedBy: 'constraint',
  name: 'netcdf',
  isDownload: true,
  needsEnd: true,
  hasTime: true,
  open: () => {
    throw new Error('a netCDF file depends on its rows: expected a call of openFor');
  },
  // Few clients ask for it.
  openFor: async request => (await import('./netcdf/writer.ts')).netcdfWriter(request),
};
