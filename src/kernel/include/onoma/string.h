// SPDX-License-Identifier: MIT
/* string.h: the part of C's <string.h>, and formatting into a buffer, that the kernel offers. */
#ifndef ONOMA_STRING_H
#define ONOMA_STRING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "onoma/compiler.h"

BEGIN_C

void *memcpy(void *__restrict destination, const void *__restrict source, size_t length);
void *memmove(void *destination, const void *source, size_t length);
void *memset(void *destination, int byte, size_t length);
int memcmp(const void *left, const void *right, size_t length);
void *memchr(const void *bytes, int byte, size_t length);

size_t strlen(const char *string);
size_t strnlen(const char *string, size_t limit);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t limit);
char *strchr(const char *string, int character);
char *strrchr(const char *string, int character);

/* Copy at most capacity - 1 bytes and end with NUL.  True if all of source fitted. */
bool string_copy(char *destination, const char *source, size_t capacity);

/*
 * The whole of `text` as a number: decimal, 0x hexadecimal, or 0 octal, with a minus for the signed
 * one.  False, and *value unchanged, for anything else, trailing bytes and overflow included.
 */
bool parse_unsigned(const char *text, uint64_t *value);
bool parse_signed(const char *text, int64_t *value);
/* Hexadecimal, with or without 0x: addresses as people paste them. */
bool parse_hexadecimal(const char *text, uint64_t *value);

/* As C's; the result is the length that the whole text would have.  Formats: see printk.h. */
int snprintf(char *buffer, size_t capacity, const char *format, ...) __printf(3, 4);
int vsnprintf(char *buffer, size_t capacity, const char *format, va_list arguments);

END_C

#endif
