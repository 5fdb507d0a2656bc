import { describe, expect, it } from 'vitest';
import { filtersOf } from '../../../server/machine/board.ts';
import { settingsIn } from '../../../server/machine/boot-config.ts';

describe('the filters of config.txt', () => {
  it.each([
    ['Raspberry Pi Model B Rev 2', ['all', 'pi1']],
    ['Raspberry Pi Zero W Rev 1.1', ['all', 'pi0', 'pi0w']],
    ['Raspberry Pi Zero 2 W Rev 1.0', ['all', 'pi0', 'pi02']],
    ['Raspberry Pi 2 Model B Rev 1.1', ['all', 'pi2']],
    ['Raspberry Pi 3 Model B Plus Rev 1.3', ['all', 'pi3', 'pi3+']],
    ['Raspberry Pi 4 Model B Rev 1.4', ['all', 'pi4']],
    ['Raspberry Pi 400 Rev 1.0', ['all', 'pi4', 'pi400']],
    ['Raspberry Pi Compute Module 4 Rev 1.0', ['all', 'pi4', 'cm4']],
    ['Raspberry Pi 5 Model B Rev 1.0', ['all', 'pi5']],
    ['', ['all']],
  ])('of a %s', (model, filters) => {
    expect(filtersOf(model)).toEqual(filters);
  });
});

describe('config.txt', () => {
  const settings = (text: string) => settingsIn(text, ['all', 'pi4']);

  it.each([
    ['dtparam=i2c_arm=on', true],
    ['dtparam=i2c', true],
    ['dtparam=audio=on,i2c_arm=on', true],
    [' dtparam = i2c_arm=on', false],
    ['#dtparam=i2c_arm=on', false],
    ['dtparam=i2c_arm=off', false],
    ['dtparam=i2c_arm=on\ndtparam=i2c_arm=off', false],
    ['[pi5]\ndtparam=i2c_arm=on', false],
    ['[pi4]\r\ndtparam=i2c_arm=on # the clock\r\n', true],
    ['[none]\ndtparam=spi=on\n[all]\ndtparam=i2c_arm=on', true],
    ['', false],
  ])('with %j has I2C on: %s', (text, on) => {
    expect(settings(text).i2c).toBe(on);
  });

  it('names overlays once each, without their parameters', () => {
    const text = 'dtoverlay=w1-gpio,gpiopin=4\ndtoverlay=w1-gpio\ndtparam=spi=on\ndtoverlay=\n';
    expect(settings(text)).toEqual({ i2c: false, spi: true, overlays: ['w1-gpio'] });
  });
});
