// SPDX-License-Identifier: MIT
/*
 * host_screen.h: a terminal for tests: the kernel's own (console/video.h) with a screen that only
 * remembers what was drawn, so that a test sees what a person would see.
 *
 * Other tests stand on it, so test_video.c checks it first against the standard.
 */
#ifndef HOST_SCREEN_H
#define HOST_SCREEN_H

#include "console/video.h"

#define HOST_SCREEN_CELLS 4096

struct host_screen {
    struct video_terminal terminal;
    struct video_cell cells[HOST_SCREEN_CELLS];
    struct video_cell shown[HOST_SCREEN_CELLS];
};

/* What was drawn, by the one screen at a time that is in use. */
extern struct video_cell host_drawn[HOST_SCREEN_CELLS];
extern unsigned long host_draw_count;
extern unsigned host_bell_count;

void host_screen_open(struct host_screen *screen, unsigned columns, unsigned rows);
void host_screen_write(struct host_screen *screen, const char *text, size_t length);

/* A row as drawn, without the blanks at its end; '?' for what is not ASCII.  Borrowed until the
 * next call but three. */
const char *host_screen_row(const struct host_screen *screen, unsigned row);

/* Fails the test unless the rows are these; rows that are not named must be empty. */
void host_screen_expect(const struct host_screen *screen, const char *rows[]);

#endif
