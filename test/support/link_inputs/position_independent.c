// SPDX-License-Identifier: MIT
/*
 * position_independent.c: what gcc -fPIC takes out of a GOT: far, own, common, weak and absent
 * symbols, read, called and compared, some of them many times.
 */
extern int far_value;
extern int far_array[16];
extern int far_open(const char *name);
extern int weak_value __attribute__((weak));
extern int absent_value __attribute__((weak));
extern void absent_function(void) __attribute__((weak));
int own_value = 3;
int common_value;
static int local_value;

int own_function(int value)
{
    return value + far_value + own_value + common_value + local_value++;
}

int *find_value(int which)
{
    switch (which) {
    case 0:
        return &far_value;
    case 1:
        return &own_value;
    case 2:
        return &absent_value;
    case 3:
        return &common_value;
    case 4:
        return &weak_value;
    case 5:
        return &far_array[7];
    default:
        return &local_value;
    }
}

int call_all(void)
{
    int (*volatile pointer)(int) = own_function;

    if (absent_function) {
        absent_function();
    }
    return far_open("name") + pointer(far_array[2]) + (find_value(3) == &own_value);
}

__attribute__((section(".init.text"))) int init_module(void)
{
    return call_all() + own_value;
}
