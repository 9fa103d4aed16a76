// SPDX-License-Identifier: MIT
/* screen.c: picks the framebuffer, or EGA text, by what the boot loader says it left. */
#include "console/screen.h"
#include "arch.h"
#include "console/video.h"
#include "onoma/printk.h"

static void start_framebuffer(const struct boot_framebuffer *framebuffer)
{
    size_t size = (size_t)framebuffer->pitch * framebuffer->height;
    void *pixels = arch_device_map(framebuffer->physical, size);

    if (!pixels) {
        pr_err("screen: no memory to map the framebuffer (%zu bytes at 0x%lx)\n", size,
               framebuffer->physical);
        return;
    }
    struct framebuffer_mode mode = {
        .pixels = pixels,
        .width = framebuffer->width,
        .height = framebuffer->height,
        .pitch = framebuffer->pitch,
        .bits_per_pixel = framebuffer->bits_per_pixel,
        .red_position = framebuffer->red_position,
        .green_position = framebuffer->green_position,
        .blue_position = framebuffer->blue_position,
    };
    framebuffer_init(&mode); /* says in the log what came of it */
}

void screen_init(const struct boot_framebuffer *framebuffer)
{
    if (!framebuffer->is_present) {
        pr_info("screen: none\n");
    } else if (framebuffer->is_text) {
        ega_init(direct_map(framebuffer->physical));
    } else {
        start_framebuffer(framebuffer);
    }
}
