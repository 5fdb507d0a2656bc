// SPDX-License-Identifier: GPL-2.0
/* Simulates the header of a Raspberry Pi. It has a chip pinctrl-bcm2711 with 58 GPIO lines, four of them wired to an
 * MCP3008 that answers as they change; the others are open and can be set from outside, with interrupts.
 *
 * Parameters when it is loaded: label, lines, clock, data_out, data_in, select (lines of the chip's pins).
 * At any time, in /sys/module/mcp3008sim/parameters:
 *   millivolts  at CH0 to CH7, with commas      reference  millivolts at VREF
 *   present     0: the chip is pulled out       noise      number of next conversions with an inverted bit
 *   conversions their number so far             level      17=1 brings a line to a level, 17=z lets go of it;
 *                                                          reads as the levels of all lines, from line 0 on
 * A line that is not driven has the level of its resistor: down, until a program requests another. */
#include <linux/gpio/driver.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pinctrl/pinconf-generic.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>

#define MOST_LINES 64
#define OPEN (-1)

static char *label = "pinctrl-bcm2711";
module_param(label, charp, 0444);
static unsigned int lines = 58;
module_param(lines, uint, 0444);
static unsigned int clock = 18, data_out = 23, data_in = 24, select = 25;
module_param(clock, uint, 0444);
module_param(data_out, uint, 0444);
module_param(data_in, uint, 0444);
module_param(select, uint, 0444);

static int millivolts[8] = { 750, 0, 0, 0, 0, 0, 0, 0 };
module_param_array(millivolts, int, NULL, 0644);
static int reference = 3300;
module_param(reference, int, 0644);
static bool present = true;
module_param(present, bool, 0644);
static unsigned int noise;
module_param(noise, uint, 0644);
static unsigned int conversions;
module_param(conversions, uint, 0444);

/* The state of a line, from its owner and from outside. */
struct line {
	bool is_output, output, pull;
	int outside;
	unsigned int edges;
	bool is_unmasked;
};

static struct line line[MOST_LINES];
static DEFINE_RAW_SPINLOCK(lock);
static struct gpio_chip chip;
static struct platform_device *device;

/* The converter (datasheet DS21295, section 5 and figure 5-2): clocks since the start bit, which is the first. */
static struct {
	bool is_selected, clock, is_driving, out;
	unsigned int clocks, command;
	int code;
	bool is_disturbed;
} adc;

enum { COMMAND_CLOCKS = 5, SAMPLE_CLOCK = 6, FIRST_BIT = 7, LAST_BIT = 16, LAST_AGAIN = 25 };

static int level_of(unsigned int n)
{
	if (line[n].is_output)
		return line[n].output;
	if (n == data_out && present && adc.is_driving)
		return adc.out;
	return line[n].outside == OPEN ? line[n].pull : line[n].outside;
}

static int converted(void)
{
	unsigned int input = adc.command & 7;
	int volts = millivolts[input];

	/* Without the bit SGL, the input is measured against the other one of its pair. */
	if (!(adc.command & 8))
		volts -= millivolts[input ^ 1];
	if (reference <= 0)
		return 1023;
	return clamp(volts * 1024 / reference, 0, 1023);
}

static void clock_rises(void)
{
	if (!adc.clocks && !level_of(data_in))
		return;
	adc.clocks++;
	if (adc.clocks > 1 && adc.clocks <= COMMAND_CLOCKS)
		adc.command = adc.command << 1 | level_of(data_in);
}

static void clock_falls(void)
{
	unsigned int n = adc.clocks;

	if (n < SAMPLE_CLOCK)
		return;
	if (n == SAMPLE_CLOCK) {
		adc.code = converted();
		adc.is_driving = true;
		adc.out = 0;
		conversions++;
		adc.is_disturbed = noise > 0;
		if (noise)
			noise--;
	} else if (n <= LAST_BIT) {
		adc.out = adc.code >> (LAST_BIT - n) & 1;
		if (adc.is_disturbed && n == FIRST_BIT + 2)
			adc.out = !adc.out;
	} else {
		adc.out = n <= LAST_AGAIN && (adc.code >> (n - LAST_BIT) & 1);
	}
}

/* Called when a line of the converter may have changed. */
static void look(void)
{
	bool is_selected = !level_of(select), is_high = level_of(clock);

	if (is_selected != adc.is_selected || !present) {
		adc.is_selected = is_selected && present;
		adc.is_driving = false;
		adc.clocks = 0;
		adc.command = 0;
	}
	if (is_high != adc.clock && adc.is_selected) {
		if (is_high)
			clock_rises();
		else
			clock_falls();
	}
	adc.clock = is_high;
}

static int get_direction(struct gpio_chip *gc, unsigned int n)
{
	return line[n].is_output ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int direction_input(struct gpio_chip *gc, unsigned int n)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	line[n].is_output = false;
	look();
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void set(struct gpio_chip *gc, unsigned int n, int value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	line[n].output = value;
	look();
	raw_spin_unlock_irqrestore(&lock, flags);
}

static int direction_output(struct gpio_chip *gc, unsigned int n, int value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	line[n].is_output = true;
	line[n].output = value;
	look();
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int get(struct gpio_chip *gc, unsigned int n)
{
	unsigned long flags;
	int level;

	raw_spin_lock_irqsave(&lock, flags);
	level = level_of(n);
	raw_spin_unlock_irqrestore(&lock, flags);
	return level;
}

/* Reports an edge, if there was one, to the watchers of the line. Called without the lock. */
static void tell(unsigned int n, int before)
{
	int now = get(&chip, n);
	unsigned int edge = now ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING;

	if (now != before && line[n].is_unmasked && (line[n].edges & edge))
		generic_handle_domain_irq_safe(chip.irq.domain, n);
}

static int set_config(struct gpio_chip *gc, unsigned int n, unsigned long config)
{
	int before = get(gc, n);

	switch (pinconf_to_config_param(config)) {
	case PIN_CONFIG_BIAS_PULL_UP:
		line[n].pull = true;
		break;
	case PIN_CONFIG_BIAS_PULL_DOWN:
		line[n].pull = false;
		break;
	case PIN_CONFIG_BIAS_DISABLE:
		break;
	default:
		return -ENOTSUPP;
	}
	tell(n, before);
	return 0;
}

static void irq_mask(struct irq_data *data)
{
	line[irqd_to_hwirq(data)].is_unmasked = false;
	gpiochip_disable_irq(&chip, irqd_to_hwirq(data));
}

static void irq_unmask(struct irq_data *data)
{
	gpiochip_enable_irq(&chip, irqd_to_hwirq(data));
	line[irqd_to_hwirq(data)].is_unmasked = true;
}

static int irq_set_type(struct irq_data *data, unsigned int type)
{
	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	line[irqd_to_hwirq(data)].edges = type;
	return 0;
}

static const struct irq_chip irqs = {
	.name = "mcp3008sim",
	.irq_mask = irq_mask,
	.irq_unmask = irq_unmask,
	.irq_set_type = irq_set_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

static struct gpio_chip chip = {
	.owner = THIS_MODULE,
	.base = -1,
	.get_direction = get_direction,
	.direction_input = direction_input,
	.direction_output = direction_output,
	.get = get,
	.set = set,
	.set_config = set_config,
};

static int level_set(const char *text, const struct kernel_param *param)
{
	unsigned long flags;
	unsigned int n;
	char level;
	int before;

	if (sscanf(text, "%u=%c", &n, &level) != 2 || n >= lines || n >= MOST_LINES)
		return -EINVAL;
	if (level != '0' && level != '1' && level != 'z')
		return -EINVAL;
	raw_spin_lock_irqsave(&lock, flags);
	before = level_of(n);
	line[n].outside = level == 'z' ? OPEN : level - '0';
	raw_spin_unlock_irqrestore(&lock, flags);
	if (chip.irq.domain)
		tell(n, before);
	return 0;
}

static int level_get(char *text, const struct kernel_param *param)
{
	unsigned int n;

	for (n = 0; n < lines; n++)
		text[n] = '0' + get(&chip, n);
	text[n++] = '\n';
	return n;
}

static const struct kernel_param_ops level_ops = { .set = level_set, .get = level_get };
module_param_cb(level, &level_ops, NULL, 0644);

static int __init mcp3008sim_init(void)
{
	unsigned int n;
	int error;

	if (lines > MOST_LINES || clock >= lines || data_out >= lines || data_in >= lines || select >= lines)
		return -EINVAL;
	for (n = 0; n < lines; n++)
		line[n].outside = OPEN;
	device = platform_device_register_simple("mcp3008sim", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	chip.label = label;
	chip.ngpio = lines;
	chip.parent = &device->dev;
	gpio_irq_chip_set_chip(&chip.irq, &irqs);
	chip.irq.default_type = IRQ_TYPE_NONE;
	chip.irq.handler = handle_simple_irq;
	error = gpiochip_add_data(&chip, NULL);
	if (error)
		platform_device_unregister(device);
	return error;
}

static void __exit mcp3008sim_exit(void)
{
	gpiochip_remove(&chip);
	platform_device_unregister(device);
}

module_init(mcp3008sim_init);
module_exit(mcp3008sim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A simulated GPIO header with an MCP3008");
