// What does a service of systemd hear whose device policy does not allow a device file? EPERM, where a missing group is EACCES.

/**
 * The end of a sentence about a device file that may not be opened by any user of this service (DevicePolicy= and DeviceAllow= of
 * systemd.resource-control(5); containers have the like).
 */
export function notAllowed(path: string): string {
  return `${path} is there, but the service's device policy does not allow it: sudo systemctl restart dapberry-devices allows what the configuration needs, and systemctl status dapberry-devices tells why where it does not (docs/install.md)`;
}
