// SPDX-License-Identifier: GPL-2.0
/* Simulates DS18B20 on a 1-Wire bus master that needs no pin, for the driver w1_therm of the kernel.
 * /sys/module/w1sim/parameters has one entry for each thermometer:
 *   temp=<millidegrees Celsius>,...
 *   fault=<code>,...: 0 none, 1 wrong CRC, 2 gone from the bus, 3 lost its supply (85 degrees Celsius, as after power-on),
 *                     4 line stuck high */
#include <linux/module.h>
#include <linux/w1.h>
#define MAXS 8
static int temp[MAXS] = { 21500, -10125 }, ntemp = 2;
static int fault[MAXS], nfault;
module_param_array(temp, int, &ntemp, 0644);
module_param_array(fault, int, &nfault, 0644);
static u8 sp[MAXS][9], rom[8];
static int romn, sel = -1, ptr; /* sel: which is spoken to; -1 none, -2 all (skip ROM) */
static enum { S_ROM, S_MATCH, S_FUNC, S_READ, S_WRITE, S_IDLE } st;

/* the address of thermometer i */
static u64 rn(int i)
{
	u8 r[8] = { 0x28, 0x01 + i, 0x53, 0x49, 0x4d, 0x00, 0x00 };
	u64 v = 0;
	int k;

	r[7] = w1_calc_crc8(r, 7);
	for (k = 7; k >= 0; k--)
		v = v << 8 | r[k];
	return v;
}

/* the CRC of its memory */
static void seal(int i) { sp[i][8] = w1_calc_crc8(sp[i], 8); }

static void power_on(int i)
{
	static const u8 d[8] = { 0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10 };

	memcpy(sp[i], d, 8);
	seal(i);
}

/* command 44h; table 1 of the datasheet */
static void convert(int i)
{
	int bits = 9 + (sp[i][4] >> 5 & 3), raw = temp[i] * 16 / 1000;

	if (fault[i] == 3) { power_on(i); return; }
	raw &= ~((1 << (12 - bits)) - 1);
	sp[i][0] = raw & 0xff;
	sp[i][1] = raw >> 8 & 0xff;
	sp[i][6] = 0x10 - (raw & 0xf); /* 0x0c after power-on, by which w1_therm tells that 85 from a measured one */
	seal(i);
}

static u8 reset(void *d)
{
	int i;

	st = S_ROM; sel = -1;
	for (i = 0; i < ntemp; i++)
		if (fault[i] != 2)
			return 0;
	return 1;
}

static void wr(void *d, u8 b)
{
	int i;

	switch (st) {
	case S_ROM:
		st = S_IDLE;
		if (b == 0xcc) { sel = -2; st = S_FUNC; }
		if (b == 0x55) { romn = 0; st = S_MATCH; }
		break;
	case S_MATCH:
		rom[romn++] = b;
		if (romn == 8) {
			u64 v = 0;

			for (i = 7; i >= 0; i--)
				v = v << 8 | rom[i];
			for (i = 0; i < ntemp; i++)
				if (rn(i) == v && fault[i] != 2)
					sel = i;
			st = S_FUNC;
		}
		break;
	case S_FUNC:
		ptr = 0;
		if (b == 0x44)
			for (i = 0; i < ntemp; i++)
				if (sel == i || sel == -2)
					convert(i);
		st = b == 0xbe ? S_READ : b == 0x4e ? S_WRITE : S_IDLE;
		break;
	case S_WRITE:
		for (i = 0; i < ntemp; i++)
			if ((sel == i || sel == -2) && ptr < 3) {
				sp[i][2 + ptr] = ptr == 2 ? (b & 0x60) | 0x1f : b;
				seal(i);
			}
		ptr++;
		break;
	default:
		break;
	}
}

static u8 rd(void *d)
{
	int i = sel == -2 ? 0 : sel;
	u8 b;

	if (st != S_READ || i < 0 || ptr > 8 || fault[i] == 2 || fault[i] == 4)
		return 0xff;
	b = sp[i][ptr];
	if (fault[i] == 1 && ptr == 8)
		b ^= 0x5a;
	ptr++;
	return b;
}

static u8 touch(void *d, u8 bit) { return 1; } /* ready, and externally powered */

static void search(void *d, struct w1_master *m, u8 type, w1_slave_found_callback cb)
{
	int i;

	if (type != W1_SEARCH)
		return;
	for (i = 0; i < ntemp; i++)
		if (fault[i] != 2)
			cb(m, rn(i));
}

static struct w1_bus_master bm = { .touch_bit = touch, .reset_bus = reset, .write_byte = wr, .read_byte = rd, .search = search };

static int __init w1sim_init(void)
{
	int i;

	for (i = 0; i < MAXS; i++)
		power_on(i);
	return w1_add_master_device(&bm);
}

static void __exit w1sim_exit(void) { w1_remove_master_device(&bm); }

module_init(w1sim_init);
module_exit(w1sim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Simulated DS18B20s on a fake 1-wire bus");
