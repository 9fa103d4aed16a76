// SPDX-License-Identifier: MIT
/* device.h: a header with types of every shape, for types.sh. */
#ifndef DEVICE_H
#define DEVICE_H
#include <stdbool.h>

struct opaque;
struct inner {
    short x, y;
};
typedef struct {
    int id;
    char tag[6];
} anonymous_type;
enum color { RED, GREEN = 5, BLUE = -1 };
typedef unsigned long word;
union both {
    long number;
    double real;
    char bytes[12];
};
struct device {
    const char *name;
    word flags;
    unsigned ready : 1, mode : 3;
    unsigned long wide : 33;
    struct inner pairs[3];
    union {
        int either;
        struct {
            char low, high;
        };
    };
    struct {
        int first;
        struct inner second;
    } at;
    struct {
        int cell;
    } table[2];
    int (*run)(struct device *self, const char *const *words, ...);
    void *(*(*chain)(int step))(anonymous_type *);
    const volatile int *const registers;
    enum color color;
    struct opaque *hidden;
    struct device *next;
    union both both;
    bool on;
    long matrix[2][3];
    char tail[];
};
struct untouched {
    int nobody, asks;
};

#ifdef __cplusplus
extern "C" {
#endif
int use(struct device *device, int count);
anonymous_type *find(const volatile char *__restrict name, enum color color, ...);
int ask(struct untouched *untouched);
extern struct device *devices[];
extern int (*hook)(void);
#ifdef __cplusplus
}
#endif
#endif
