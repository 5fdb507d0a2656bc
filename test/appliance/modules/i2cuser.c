// SPDX-License-Identifier: GPL-2.0
/* Gives an I2C bus chips that a program in user space simulates: the adapter hands it every message and takes its
 * answer. It has plain transfers; the kernel builds SMBus transfers from them.
 *
 * Parameter when it is loaded: bus, the number N of /dev/i2c-N. One program at a time opens /dev/i2cuser.
 *   read()   waits for the next message and returns it: struct head, then the bytes of a message that writes
 *   write()  answers it: struct head with the same id and a status, then the bytes of a message that reads
 * A status is 0 or a negative error number: -121 (EREMOTEIO) is an address without an acknowledge. Without a program no
 * address acknowledges. If the program does not answer within a second, the bus hangs (ETIMEDOUT). */
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static int bus = -1;
module_param(bus, int, 0444);

/* Numbers in the byte order of the machine. */
struct head {
	__u32 id;
	__s32 status;
	__u16 address;
	/* 1: the message reads bytes of the chip. */
	__u16 is_read;
	__u16 length;
	/* Number of further messages in the same transfer, without a stop between them. */
	__u16 left;
};

static enum { IDLE, ASKED, TAKEN, ANSWERED } state;
static struct i2c_msg *message;
static struct head asked;
static bool is_open;
static DEFINE_MUTEX(lock);
static DECLARE_WAIT_QUEUE_HEAD(for_message);
static DECLARE_WAIT_QUEUE_HEAD(for_answer);

/* One message at a time: the I2C core holds the bus. */
static int exchange(struct i2c_msg *msg, int left, unsigned long patience)
{
	int status;

	mutex_lock(&lock);
	if (!is_open) {
		mutex_unlock(&lock);
		return -EREMOTEIO;
	}
	message = msg;
	asked.id++;
	asked.status = 0;
	asked.address = msg->addr;
	asked.is_read = !!(msg->flags & I2C_M_RD);
	asked.length = msg->len;
	asked.left = left;
	WRITE_ONCE(state, ASKED);
	mutex_unlock(&lock);
	wake_up(&for_message);
	wait_event_timeout(for_answer, READ_ONCE(state) == ANSWERED, patience);

	mutex_lock(&lock);
	status = state == ANSWERED ? asked.status : -ETIMEDOUT;
	WRITE_ONCE(state, IDLE);
	message = NULL;
	mutex_unlock(&lock);
	return status;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int n, status;

	for (n = 0; n < count; n++) {
		status = exchange(&messages[n], count - 1 - n, adapter->timeout);
		if (status)
			return status;
	}
	return count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = { .master_xfer = transfer, .functionality = functionality };

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.name = "i2cuser",
	.algo = &algorithm,
	.timeout = HZ,
};

static void answered(int status)
{
	asked.status = status;
	WRITE_ONCE(state, ANSWERED);
	wake_up(&for_answer);
}

static int device_open(struct inode *inode, struct file *file)
{
	int error = 0;

	mutex_lock(&lock);
	if (is_open)
		error = -EBUSY;
	is_open = true;
	mutex_unlock(&lock);
	return error;
}

static int device_release(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	is_open = false;
	if (state == ASKED || state == TAKEN)
		answered(-EREMOTEIO);
	mutex_unlock(&lock);
	return 0;
}

static ssize_t device_read(struct file *file, char __user *to, size_t room, loff_t *offset)
{
	size_t length = 0;
	ssize_t result;

	for (;;) {
		if (wait_event_interruptible(for_message, READ_ONCE(state) == ASKED))
			return -ERESTARTSYS;
		mutex_lock(&lock);
		if (state == ASKED)
			break;
		mutex_unlock(&lock);
	}
	if (!asked.is_read)
		length = asked.length;
	result = -EMSGSIZE;
	if (room < sizeof(asked) + length)
		goto out;
	result = -EFAULT;
	if (copy_to_user(to, &asked, sizeof(asked)) || copy_to_user(to + sizeof(asked), message->buf, length))
		goto out;
	WRITE_ONCE(state, TAKEN);
	result = sizeof(asked) + length;
out:
	mutex_unlock(&lock);
	return result;
}

static ssize_t device_write(struct file *file, const char __user *from, size_t length, loff_t *offset)
{
	struct head head;
	ssize_t result;

	if (length < sizeof(head))
		return -EINVAL;
	if (copy_from_user(&head, from, sizeof(head)))
		return -EFAULT;
	mutex_lock(&lock);
	/* Too late: the transfer has ended. */
	result = -ESTALE;
	if (state != TAKEN || head.id != asked.id)
		goto out;
	result = -EINVAL;
	if (head.status > 0 || head.status < -MAX_ERRNO)
		goto out;
	if (!head.status && asked.is_read) {
		if (length != sizeof(head) + asked.length)
			goto out;
		result = -EFAULT;
		if (copy_from_user(message->buf, from + sizeof(head), asked.length))
			goto out;
	}
	answered(head.status);
	result = length;
out:
	mutex_unlock(&lock);
	return result;
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &for_message, table);
	return EPOLLOUT | (READ_ONCE(state) == ASKED ? EPOLLIN : 0);
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.write = device_write,
	.poll = device_poll,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "i2cuser",
	.fops = &operations,
	.mode = 0600,
};

static int __init i2cuser_init(void)
{
	int error = misc_register(&device);

	if (error)
		return error;
	adapter.nr = bus;
	adapter.dev.parent = device.this_device;
	error = i2c_add_numbered_adapter(&adapter);
	if (error)
		misc_deregister(&device);
	return error;
}

static void __exit i2cuser_exit(void)
{
	i2c_del_adapter(&adapter);
	misc_deregister(&device);
}

module_init(i2cuser_init);
module_exit(i2cuser_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("An I2C bus whose chips are played by a program");
