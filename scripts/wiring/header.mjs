// Lists the signals of a Raspberry Pi's 40-pin header, the same from the Model B+ to the Pi 5.

/** The signals by place, from place 1 on; odd places are the inner row. */
export const HEADER = [
  ['3.3 V', '5 V'],
  ['GPIO2', '5 V'],
  ['GPIO3', 'GND'],
  ['GPIO4', 'GPIO14'],
  ['GND', 'GPIO15'],
  ['GPIO17', 'GPIO18'],
  ['GPIO27', 'GND'],
  ['GPIO22', 'GPIO23'],
  ['3.3 V', 'GPIO24'],
  ['GPIO10', 'GND'],
  ['GPIO9', 'GPIO25'],
  ['GPIO11', 'GPIO8'],
  ['GND', 'GPIO7'],
  ['GPIO0', 'GPIO1'],
  ['GPIO5', 'GND'],
  ['GPIO6', 'GPIO12'],
  ['GPIO13', 'GND'],
  ['GPIO19', 'GPIO16'],
  ['GPIO26', 'GPIO20'],
  ['GND', 'GPIO21'],
].flat();

/** The place of a signal that occurs once, such as GPIO4. */
export function placeOf(signal) {
  const place = HEADER.indexOf(signal) + 1;
  if (place === 0) throw new Error(`expected a signal of the header, found ${signal}`);
  return place;
}
