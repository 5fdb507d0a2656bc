// Names the file that holds the configuration of an installed server.

export const USUAL_FILE = '/etc/dapberry/config.yaml';
