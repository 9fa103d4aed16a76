// SPDX-License-Identifier: MIT
/*
 * calls.c: code and data as a driver has them.  Compiled by test_link.c with many flags.
 */
struct operations {
    int (*open)(const char *name);
    int (*read)(char *buffer, unsigned long size);
    const char *name;
    struct operations *next;
};

extern int far_open(const char *name);
extern int far_table[64];
extern struct operations *far_head;
extern void far_print(const char *format, ...);

static unsigned counter;
static char buffer[300];
long exported_value = 7;

__attribute__((noinline)) static int local_read(char *target, unsigned long size)
{
    for (unsigned long index = 0; index < size; index++) {
        target[index] = buffer[(index + counter) % sizeof(buffer)];
    }
    return (int)counter++;
}

static struct operations operations = {far_open, local_read, "calls", &operations};
static const struct operations constant_operations = {far_open, local_read, "constant",
                                                      &operations};
static int *const inside[] = {&far_table[5], &far_table[63] + 1, (int *)&counter,
                              (int *)(buffer + 17)};

int classify(int value)
{
    switch (value) { /* a jump table, with its own section of relocations */
    case 0:
        return far_open("zero");
    case 1:
        return local_read(buffer, 3);
    case 2:
        return far_table[2];
    case 3:
        far_print("%d %ld", value, exported_value);
        return 3;
    case 4:
        return constant_operations.open(constant_operations.name);
    case 5:
        return (int)(inside[value & 3] - far_table);
    case 6:
        return (int)counter;
    default:
        return -1;
    }
}

__attribute__((section(".init.text"), used)) int init_module(void)
{
    operations.next = far_head;
    far_head = &operations;
    far_print("loaded %s", operations.name);
    return classify(far_table[0]);
}

__attribute__((section(".exit.text"), used)) void cleanup_module(void)
{
    far_head = operations.next;
    far_print("gone");
}

__attribute__((section(".init.data"), used)) static void *init_pointers[] = {init_module, buffer};
__attribute__((section(".init.rodata"), used)) static void *const init_constants[] = {
    init_pointers};
__attribute__((section(".modinfo"), used)) static const char license[] = "license=MIT";
