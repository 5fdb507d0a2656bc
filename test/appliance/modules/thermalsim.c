// SPDX-License-Identifier: GPL-2.0
/* Simulates a thermal zone cpu-thermal, as on a Raspberry Pi. Its temperature is set in
 * /sys/module/thermalsim/parameters/temp, in millidegrees Celsius. */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/thermal.h>

static int temp = 45000;
module_param(temp, int, 0644);

static struct thermal_zone_device *zone;

static int get_temp(struct thermal_zone_device *tz, int *millidegrees)
{
	*millidegrees = temp;
	return 0;
}

static const struct thermal_zone_device_ops ops = { .get_temp = get_temp };

static int __init thermalsim_init(void)
{
	zone = thermal_tripless_zone_device_register("cpu-thermal", NULL, &ops, NULL);
	if (IS_ERR(zone))
		return PTR_ERR(zone);
	return thermal_zone_device_enable(zone);
}

static void __exit thermalsim_exit(void)
{
	thermal_zone_device_unregister(zone);
}

module_init(thermalsim_init);
module_exit(thermalsim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A simulated thermal zone");
