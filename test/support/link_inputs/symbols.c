// SPDX-License-Identifier: MIT
/*
 * symbols.c: common, weak and aliased symbols, and alignments.
 */
int common_small;
char common_array[77];
_Alignas(64) long common_aligned;

extern int far_value __attribute__((weak));
extern int absent_value __attribute__((weak));
extern void absent_function(void) __attribute__((weak));

__attribute__((weak)) int weak_defined(int value)
{
    return value + common_small;
}

int aliased(void) __attribute__((alias("original")));

int original(void)
{
    return common_array[3] + (int)common_aligned + weak_defined(4);
}

void *addresses[] = {&common_small, common_array + 9,        &common_aligned, &far_value,
                     &absent_value, (void *)absent_function, (void *)aliased, (void *)weak_defined};

int *find_absent(void)
{
    return &absent_value ? &absent_value : &far_value;
}

_Alignas(256) char aligned_bytes[3] = {1, 2, 3};
_Alignas(4096) static char page[10];
const char *strings[] = {"one", "two", "one", page};
